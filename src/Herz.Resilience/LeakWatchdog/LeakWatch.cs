using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.PendingWork;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>From suspicion to name: looks at the windows, captures where something is suspected, and shows what it found.</summary>
internal sealed class LeakWatch(
    OriginWatch origins,
    SignalSuspicions signals,
    Capturer capturer,
    CaptureSchedule schedule,
    LeakBoard board,
    Settings<LeakWatchdogOptions> settings,
    ILogger<LeakWatch> logger)
{
    private readonly Dictionary<string, PendingWorkProfile> _baselines = [];
    private List<Leak> _named = [];
    private bool _isUnreadable;

    /// <summary>Looks once; due every quarter of a window.</summary>
    public async Task LookAsync()
    {
        origins.Look();
        string[] growing = [.. signals.Suspected];
        var suspects = origins.Suspects;
        foreach (var gone in _baselines.Keys.Except(growing).ToArray())
        {
            _baselines.Remove(gone);
        }

        if (suspects.Count == 0 && growing.Length == 0)
        {
            _named = [];
            schedule.Reset();
        }
        else if (settings.Value.Capture == CaptureMode.Auto && !_isUnreadable)
        {
            await CaptureIfDueAsync(suspects, growing);
        }

        board.Show(settings.Value.Capture == CaptureMode.Auto && !_isUnreadable ? Named(suspects, growing) : Unnamed(suspects));
    }

    private async Task CaptureIfDueAsync(IReadOnlyList<SuspectedOrigin> suspects, string[] growing)
    {
        string[] labels = [.. suspects.Select(static suspect => suspect.Label), .. growing];
        if (!schedule.IsDue(labels))
        {
            return;
        }

        var captured = await capturer.CaptureAsync(heapByType: growing.Length > 0);
        var profile = captured.Profile;
        if (profile.Way == CaptureWay.None)
        {
            _isUnreadable = true;
            logger.CannotCapture(string.Join("; ", profile.Refusals));
            return;
        }

        var named = CulpritFinder.Find(profile, suspects, settings.Value.Window);
        foreach (var signal in growing)
        {
            named.AddRange(Compare(signal, captured));
        }

        logger.Captured(profile.Way.ToString(), profile.Count, profile.Duration, string.Join(", ", labels), named.Count);
        schedule.Captured(profile.Duration, isNews: !named.Select(static leak => leak.Key).ToHashSet().SetEquals(_named.Select(static leak => leak.Key)));
        _named = named;
    }

    // The first capture of a suspicion is what later ones are held against.
    private List<Leak> Compare(string signal, Captured captured)
    {
        if (_baselines.TryAdd(signal, captured.Profile.Summarize()))
        {
            return [];
        }

        return GrowthFinder.Find(signal, _baselines[signal], captured.Profile);
    }

    // An origin that is no longer suspected has stopped leaking, also between two captures.
    private List<Leak> Named(IReadOnlyList<SuspectedOrigin> suspects, string[] growing) =>
        [.. _named.Where(leak => leak.Signal is null ? suspects.Any(suspect => suspect.Label == leak.Origin) : growing.Contains(leak.Signal))];

    private static List<Leak> Unnamed(IReadOnlyList<SuspectedOrigin> suspects) => [.. suspects.Select(suspect => new Leak
    {
        Origin = suspect.Label,
        FirstSeen = Origins.BeganAt(suspect.Windows.First(static window => window.IsLeaky).Window),
        Share = 1,
    })];
}
