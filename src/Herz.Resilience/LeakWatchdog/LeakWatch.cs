using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Judging;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Turns suspicions into named leaks: checks the windows, captures on suspicion, and reports the leaks found.</summary>
internal sealed class LeakWatch(
    OriginWatch origins,
    FullCollections collections,
    SignalSuspicions signals,
    Capturer capturer,
    CaptureSchedule schedule,
    LeakBoard board,
    LeakWatchdogMetrics metrics,
    Settings<LeakWatchdogOptions> settings,
    TimeProvider time,
    ILogger<LeakWatch> logger)
{
    // A single refused capture may succeed a moment later; this many in a row mean that none will.
    private const int RefusalsToGiveUp = 3;

    private readonly EarlierCaptures _earlier = new();
    private readonly SurvivorHistory _survivors = new();
    private readonly HashSet<LeakKey> _missing = [];
    private List<Leak> _named = [];
    private int _refusals;
    private string? _refusal;

    // Nothing was suspected or reported at the last check, so nothing is kept that could change.
    private bool _isQuiet;

    private bool CanCapture => settings.Value.Capture == CaptureMode.Auto && _refusals < RefusalsToGiveUp;

    /// <summary>Checks once. Called every quarter of a window.</summary>
    public void Check()
    {
        origins.Check();
        if (_isQuiet && origins.Suspects.Count == 0 && !signals.IsAnySuspected)
        {
            return;
        }

        var growing = signals.Suspected;
        var suspects = origins.Suspects;
        _survivors.RetainOnly([.. suspects.Select(static suspect => suspect.Label)]);
        _earlier.RetainOnly([.. growing.Select(static signal => signal.Name)], [.. suspects.Select(static suspect => suspect.Label)]);
        try
        {
            if (suspects.Count == 0 && growing.Length == 0)
            {
                _named = [];
                _refusal = null;
                schedule.Reset();
            }
            else if (settings.Value.Capture == CaptureMode.Auto)
            {
                CaptureIfDue(suspects, growing);
            }
        }
        finally
        {
            var leaks = Suspected(suspects, growing);
            board.Update(origins.IsLearning ? [.. leaks, .. ReportedBefore(leaks)] : leaks);
            _isQuiet = suspects.Count == 0 && growing.Length == 0 && board.Current.Length == 0;
        }
    }

    /// <summary>Clears all suspicions: the watchdog is off.</summary>
    public void Reset()
    {
        origins.Reset();
        _named = [];
        _refusal = null;
        schedule.Reset();
        board.Update([]);
    }

    private void CaptureIfDue(IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing)
    {
        string[] labels = [.. suspects.Select(static suspect => suspect.Label), .. growing.Select(static signal => signal.Name)];
        if (!schedule.IsDue(labels))
        {
            return;
        }

        var (duration, isNews) = (TimeSpan.Zero, false);
        try
        {
            var earlierCount = _earlier.Count;

            // Without background collections a full one would stop the process; only the young generations are collected then.
            var sweep = collections.CanRequest ? PendingWorkSweep.Background : PendingWorkSweep.Young;
            var captured = capturer.Take(heapByType: growing.Length > 0, threads: growing.Length > 0 && settings.Value.ReadThreads, sweep: sweep);
            duration = captured.Profile.Duration;
            isNews = IsTrusted(captured.Profile)
                ? Accept(Name(captured.Profile, suspects, growing), labels, captured.Profile) || _earlier.Count > earlierCount || _survivors.IsEnding
                : _refusals < RefusalsToGiveUp;
        }
        finally
        {
            schedule.Captured(duration, isNews);
        }
    }

    private bool IsTrusted(PendingWorkProfile profile)
    {
        if (profile.Method != CaptureMethod.None)
        {
            (_refusals, _refusal) = (0, null);
            return true;
        }

        _refusal = string.Join("; ", profile.Refusals);
        metrics.Refused(profile.Refusals);
        if (++_refusals == RefusalsToGiveUp)
        {
            logger.CannotCapture(_refusal);
        }

        return false;
    }

    private List<Leak> Name(PendingWorkProfile profile, IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing)
    {
        var window = settings.Value.Window;
        _survivors.Begin();
        Leak[] found =
        [
            .. CulpritFinder.Find(profile, [.. suspects.Where(static suspect => !suspect.MustGrow)], window)
                .Where(culprit => !_survivors.IsBounded(culprit, OriginOf(culprit, suspects), time.GetUtcNow(), window)).Select(static culprit => culprit.Leak),
            .. CulpritFinder.Find(profile, [.. suspects.Where(static suspect => suspect.MustGrow)], window)
                .Where(culprit => _earlier.HasGrown(culprit, time.GetUtcNow(), window)).Select(static culprit => culprit.Leak),
            .. growing.SelectMany(signal => _earlier.Compare(signal, profile)),
        ];

        // Several windows and signals can find the same leak.
        return Merge(found.DistinctBy(static leak => (leak.Origin, leak.Method, leak.Awaits, leak.Type)));
    }

    private static SuspectedOrigin OriginOf(Culprit culprit, IReadOnlyList<SuspectedOrigin> suspects) => suspects.First(suspect =>
        suspect.Label == culprit.Leak.Origin && OriginRegistry.AreAlike(suspect.Oldest, culprit.ByWindow.Keys.First()));

    // One report for each origin, named by its largest part.
    private static List<Leak> Merge(IEnumerable<Leak> found) => [.. found.GroupBy(static leak => leak.Key).Select(static same =>
    {
        Leak[] parts = [.. same.OrderByDescending(static leak => leak.Pending)];
        return parts.Length == 1 ? parts[0] : parts[0] with
        {
            Share = Math.Min(1, parts.Sum(static part => part.Share)),
            Parts = [.. parts[1..].Select(static part => new LeakPart(part.Method ?? part.Type ?? "", part.Awaits ?? "", part.Pending, part.PerMinute))],
        };
    })];

    /// <summary>
    /// Accepts the leaks that a capture names. A leak that it no longer names is kept until the next capture does not name it either,
    /// and as long as captures are truncated: a leak near its threshold must not alternate between suspected and cleared.
    /// </summary>
    /// <returns>Whether the set of leaks has changed.</returns>
    private bool Accept(List<Leak> found, string[] labels, PendingWorkProfile profile)
    {
        logger.Captured(profile.Method.ToString(), profile.Count, profile.Duration, string.Join(", ", labels), found.Count);
        var before = _named.Select(static leak => leak.Key).ToHashSet();
        var keys = found.Select(static leak => leak.Key).ToHashSet();
        var missing = _named.Where(leak => !keys.Contains(leak.Key) && (profile.Count >= Capturer.MaxOperations || !_missing.Contains(leak.Key))).ToList();
        _missing.Clear();
        _missing.UnionWith(missing.Select(static leak => leak.Key));
        _named = [.. found, .. missing];
        return !before.SetEquals(_named.Select(static leak => leak.Key));
    }

    // After a change of the window length it takes several windows to find a leak again; meanwhile it must not count as stopped.
    private IEnumerable<Leak> ReportedBefore(List<Leak> leaks) =>
        board.Current.Where(reported => reported.Signal is null && leaks.TrueForAll(leak => leak.Key != reported.Key));

    /// <summary>The named leaks, and after a refused capture also the origins whose windows alone are sufficient proof.</summary>
    private List<Leak> Suspected(IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing)
    {
        if (settings.Value.Capture != CaptureMode.Auto)
        {
            return Unnamed(suspects, refusal: null);
        }

        var named = StillSuspected(suspects, growing);
        return _refusal is null ? named : [.. named, .. Unnamed([.. suspects.Where(suspect => named.TrueForAll(leak => leak.Origin != suspect.Label))], _refusal)];
    }

    // A leak also stops between two captures, when its origin is no longer suspected.
    private List<Leak> StillSuspected(IReadOnlyList<SuspectedOrigin> suspects, SuspectedSignal[] growing) =>
        [.. _named.Where(leak => leak.Signal is null ? suspects.Any(suspect => suspect.Label == leak.Origin) : growing.Any(signal => signal.Name == leak.Signal))];

    private static List<Leak> Unnamed(IReadOnlyList<SuspectedOrigin> suspects, string? refusal) => [.. suspects.Where(static suspect => suspect.IsCertain).Select(suspect => new Leak
    {
        Origin = suspect.Label,
        FirstSeen = OriginRegistry.BeganAt(suspect.Windows.First(static window => window.IsLeaky).Window),
        Share = 1,
        Refusal = refusal,
    })];
}
