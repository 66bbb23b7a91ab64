using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>Closes windows on time, requests the collections that prove which tokens are alive, and determines the suspected origins.</summary>
internal sealed class OriginWatch
{
    private const int WindowsToLearn = 8;

    private readonly OriginRegistry _origins;
    private readonly FullCollections _collections;
    private readonly Settings<LeakWatchdogOptions> _settings;
    private readonly TimeProvider _time;
    private readonly Action<OriginSource, OriginToken> _add;
    private readonly Dictionary<OriginSource, OriginWindows> _windows = [];
    private readonly long _start;
    private TimeSpan _window;
    private TimeSpan _closedAt;
    private TimeSpan? _collectedAt;
    private int _closed = WindowsToLearn;

    public OriginWatch(OriginRegistry origins, FullCollections collections, Settings<LeakWatchdogOptions> settings, TimeProvider time)
    {
        _origins = origins;
        _collections = collections;
        _settings = settings;
        _time = time;
        _add = Add;
        _start = time.GetTimestamp();
        _window = settings.Value.Window;
    }

    /// <summary>A quarter of a window: the time between checks, and the time that requests may take to end after their window.</summary>
    public TimeSpan Step => _window / 4;

    /// <summary>Whether too few windows have closed since the last reset for leaks to be found.</summary>
    public bool IsLearning => _closed < WindowsToLearn;

    /// <summary>The number of closed windows whose state is not known: their requests still run, or no collection has decided them.</summary>
    public int Undecided { get; private set; }

    /// <summary>The suspected origins.</summary>
    public IReadOnlyList<SuspectedOrigin> Suspects { get; private set; } = [];

    /// <summary>Closes the window if it is over, and checks all closed windows.</summary>
    public void Check()
    {
        // The wall clock may jump.
        var now = _time.GetElapsedTime(_start);
        if (_window != _settings.Value.Window)
        {
            // Windows of different lengths are not comparable.
            Reset();
        }

        if (now - _closedAt >= _window)
        {
            _closedAt = now;
            _closed++;
            _origins.CloseWindow(_add);
        }

        CheckWindows(now);
        CollectIfWanted(now);
        Suspects = IsAnySuspected() ? [.. _windows.Where(static entry => entry.Value.IsSuspected).Select(static entry => ToSuspect(entry.Key, entry.Value))] : [];
    }

    /// <summary>Returns to the initial state.</summary>
    public void Reset()
    {
        _window = _settings.Value.Window;
        _closedAt = _time.GetElapsedTime(_start);
        _windows.Clear();
        _closed = 0;
        Suspects = [];
        _origins.CloseWindow();
    }

    private static SuspectedOrigin ToSuspect(OriginSource source, OriginWindows windows) =>
        new(source.Label, source.Kind, windows.Known(), windows.Oldest) { KnownCount = windows.KnownCount, Begun = windows.Begun() };

    private void Add(OriginSource source, OriginToken token)
    {
        if (!_windows.TryGetValue(source, out var windows))
        {
            _windows.Add(source, windows = new OriginWindows(source.Kind));
        }

        windows.Add(new ClosedWindow(token, _closedAt));
    }

    private void CheckWindows(TimeSpan now)
    {
        Undecided = 0;
        foreach (var (_, windows) in _windows)
        {
            windows.Check(now, _collections, Step);
            Undecided += windows.Undecided;
        }
    }

    // Of healthy work nothing survives a collection of the young generations; only survivors are a reason for a full collection.
    private void CollectIfWanted(TimeSpan now)
    {
        if (_collectedAt is { } last && now - last < _window || !WantsCollection())
        {
            return;
        }

        _collectedAt = now;
        _collections.CollectYoung();
        CheckWindows(now);
        if (!_collections.CanRequest || !WantsCollection())
        {
            return;
        }

        foreach (var (_, windows) in _windows)
        {
            if (windows.WantsCollection)
            {
                windows.Requested();
            }
        }

        _collections.Request();
    }

    private bool WantsCollection()
    {
        foreach (var (_, windows) in _windows)
        {
            if (windows.WantsCollection)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAnySuspected()
    {
        foreach (var (_, windows) in _windows)
        {
            if (windows.IsSuspected)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A suspected origin.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Windows">The windows with a known state, oldest first, and whether they leak; of clean ones only the last few.</param>
/// <param name="Oldest">The oldest window still kept. Work from windows before it has been left behind for hours.</param>
internal sealed record SuspectedOrigin(string Label, OriginKind Kind, IReadOnlyList<(long Window, bool IsLeaky)> Windows, long Oldest)
{
    private const int Recent = 5;
    private const int MinLeaky = 3;

    /// <summary>The number of windows with a known state; <see cref="Windows"/> lists only the last few of the clean ones.</summary>
    public int KnownCount { get; init; } = Windows.Count;

    /// <summary>The number of requests that began in each window that is not clean.</summary>
    public IReadOnlyDictionary<long, int> Begun { get; init; } = new Dictionary<long, int>();

    /// <summary>Whether a leak needs two captures: work in a service or a loop may wait for long, and is a leak only if it grows.</summary>
    public bool MustGrow => Kind.IsEndless();

    /// <summary>
    /// Whether the windows alone are sufficient proof, if no capture can confirm them. Of a lasting connection the server leaves work
    /// behind until the client leaves, which only a capture distinguishes from a leak.
    /// </summary>
    public bool IsCertain => !MustGrow && Kind != OriginKind.Stream && Windows.TakeLast(Recent).Count(static window => window.IsLeaky) >= MinLeaky;
}
