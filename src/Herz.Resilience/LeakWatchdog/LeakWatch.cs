using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>From suspicion to name: looks at the windows, captures where something is suspected, and shows what it found.</summary>
internal sealed class LeakWatch(
    OriginWatch origins,
    FullCollections collections,
    SignalSuspicions signals,
    Capturer capturer,
    CaptureSchedule schedule,
    LeakBoard board,
    Settings<LeakWatchdogOptions> settings,
    TimeProvider time,
    ILogger<LeakWatch> logger)
{
    // A capture that cannot be trusted may succeed a moment later; as many in a row say that none ever will.
    private const int RefusalsToGiveUp = 3;

    private readonly Baselines _baselines = new();
    private readonly HashSet<object> _missed = [];
    private List<Leak> _named = [];
    private int _refusals;

    private bool IsReadable => settings.Value.Capture == CaptureMode.Auto && _refusals < RefusalsToGiveUp;

    /// <summary>Looks once; due every quarter of a window.</summary>
    public async Task LookAsync()
    {
        origins.Look();
        var growing = signals.Suspected;
        var suspects = origins.Suspects;
        _baselines.Keep([.. growing.Select(static signal => signal.Name)], [.. suspects.Select(static suspect => suspect.Label)]);
        try
        {
            if (suspects.Count == 0 && growing.Length == 0)
            {
                _named = [];
                schedule.Reset();
            }
            else if (settings.Value.Capture == CaptureMode.Auto)
            {
                await CaptureIfDueAsync(suspects, growing);
            }
        }
        finally
        {
            var leaks = IsReadable ? StillSuspected(suspects, growing) : Unnamed(suspects);
            board.Show(origins.IsLearning ? [.. leaks, .. Told(leaks)] : leaks);
        }
    }

    /// <summary>Suspects nothing any more: the watchdog was switched off.</summary>
    public void Forget()
    {
        origins.Forget();
        _named = [];
        schedule.Reset();
        board.Show([]);
    }

    private async Task CaptureIfDueAsync(IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing)
    {
        string[] labels = [.. suspects.Select(static suspect => suspect.Label), .. growing.Select(static signal => signal.Name)];
        if (!schedule.IsDue(labels))
        {
            return;
        }

        var (duration, isNews) = (TimeSpan.Zero, false);
        try
        {
            var baselines = _baselines.Count;

            // Where a full collection would stop the process, the app's own have told which windows leak; a young one must do.
            var sweep = collections.CanRequest ? PendingWorkSweep.Background : PendingWorkSweep.Young;
            var captured = await capturer.CaptureAsync(heapByType: growing.Length > 0, threads: growing.Length > 0, sweep: sweep);
            duration = captured.Profile.Duration;
            isNews = IsTrusted(captured.Profile)
                ? Take(Name(captured.Profile, suspects, growing), labels, captured.Profile) || _baselines.Count > baselines
                : _refusals < RefusalsToGiveUp;
        }
        finally
        {
            schedule.Captured(duration, isNews);
        }
    }

    private bool IsTrusted(PendingWorkProfile profile)
    {
        if (profile.Way != CaptureWay.None)
        {
            _refusals = 0;
            return true;
        }

        if (++_refusals == RefusalsToGiveUp)
        {
            logger.CannotCapture(string.Join("; ", profile.Refusals));
        }

        return false;
    }

    private List<Leak> Name(PendingWorkProfile profile, IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing)
    {
        var window = settings.Value.Window;
        Leak[] found =
        [
            .. CulpritFinder.Find(profile, [.. suspects.Where(static suspect => !suspect.MustGrow)], window).Select(static culprit => culprit.Leak),
            .. CulpritFinder.Find(profile, [.. suspects.Where(static suspect => suspect.MustGrow)], window)
                .Where(culprit => _baselines.HasGrown(culprit, time.GetUtcNow(), window)).Select(static culprit => culprit.Leak),
            .. growing.SelectMany(signal => _baselines.Compare(signal, profile)),
        ];

        // What the windows of an origin tell, or one signal, is no news from the next.
        return [.. found.DistinctBy(static leak => (leak.Origin, leak.Method, leak.Awaits, leak.Type))];
    }

    /// <summary>
    /// Takes what a capture names. What it does not name any more is kept until the next does not either, and for as long as
    /// captures are cut off: one of few counts near its threshold must not be told by turns.
    /// </summary>
    /// <returns>Whether anything has changed.</returns>
    private bool Take(List<Leak> found, string[] labels, PendingWorkProfile profile)
    {
        logger.Captured(profile.Way.ToString(), profile.Count, profile.Duration, string.Join(", ", labels), found.Count);
        var before = _named.Select(static leak => (object)leak.Key).ToHashSet();
        var keys = found.Select(static leak => (object)leak.Key).ToHashSet();
        var missing = _named.Where(leak => !keys.Contains(leak.Key) && (profile.Count >= Capturer.MaxOperations || !_missed.Contains(leak.Key))).ToList();
        _missed.Clear();
        _missed.UnionWith(missing.Select(static leak => (object)leak.Key));
        _named = [.. found, .. missing];
        return !before.SetEquals(_named.Select(static leak => (object)leak.Key));
    }

    // After a change of the window's length it takes some to know again: meanwhile no leak has stopped.
    private IEnumerable<Leak> Told(List<Leak> leaks) => board.Current.Where(told => told.Signal is null && leaks.TrueForAll(leak => leak.Key != told.Key));

    // An origin that is no longer suspected has stopped leaking, also between two captures.
    private List<Leak> StillSuspected(IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing) =>
        [.. _named.Where(leak => leak.Signal is null ? suspects.Any(suspect => suspect.Label == leak.Origin) : growing.Any(signal => signal.Name == leak.Signal))];

    private static List<Leak> Unnamed(IReadOnlyList<SuspectedOrigin> suspects) => [.. suspects.Where(static suspect => suspect.IsCertain).Select(suspect => new Leak
    {
        Origin = suspect.Label,
        FirstSeen = OriginRegistry.BeganAt(suspect.Windows.First(static window => window.IsLeaky).Window),
        Share = 1,
    })];
}
