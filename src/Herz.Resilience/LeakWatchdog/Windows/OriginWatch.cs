using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>Closes windows on time, requests the collections that prove which tokens are alive, and determines the suspected origins.</summary>
internal sealed class OriginWatch(OriginRegistry origins, FullCollections collections, Settings<LeakWatchdogOptions> settings, TimeProvider time)
{
    private const int WindowsToLearn = 8;

    private readonly Dictionary<OriginSource, OriginWindows> _windows = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _window = settings.Value.Window;
    private TimeSpan _closedAt;
    private TimeSpan? _collectedAt;
    private int _closed = WindowsToLearn;

    /// <summary>A quarter of a window: the time between checks, and the time that requests may take to end after their window.</summary>
    public TimeSpan Step => _window / 4;

    /// <summary>Whether too few windows have closed since the last reset for leaks to be found.</summary>
    public bool IsLearning => _closed < WindowsToLearn;

    /// <summary>The suspected origins.</summary>
    public IReadOnlyList<SuspectedOrigin> Suspects { get; private set; } = [];

    /// <summary>Closes the window if it is over, and checks all closed windows.</summary>
    public void Check()
    {
        // The wall clock may jump.
        var now = time.GetElapsedTime(_start);
        if (_window != settings.Value.Window)
        {
            // Windows of different lengths are not comparable.
            Reset();
        }

        if (now - _closedAt >= _window)
        {
            _closedAt = now;
            _closed++;
            Close(now);
        }

        foreach (var (_, windows) in _windows)
        {
            windows.Check(now, collections, Step);
        }

        Suspects = [.. _windows.Where(static entry => entry.Value.IsSuspected)
            .Select(static entry => new SuspectedOrigin(entry.Key.Label, entry.Key.Kind, entry.Value.Known(), entry.Value.Oldest))];
        if ((_collectedAt is null || now - _collectedAt >= _window) && collections.CanRequest && _windows.Values.Any(static windows => windows.WantsCollection()))
        {
            _collectedAt = now;
            collections.Request();
        }
    }

    /// <summary>Returns to the initial state.</summary>
    public void Reset()
    {
        _window = settings.Value.Window;
        _closedAt = time.GetElapsedTime(_start);
        _windows.Clear();
        _closed = 0;
        Suspects = [];
        origins.CloseWindow();
    }

    private void Close(TimeSpan now)
    {
        foreach (var (source, token) in origins.CloseWindow())
        {
            if (!_windows.TryGetValue(source, out var windows))
            {
                _windows.Add(source, windows = new OriginWindows(source.Kind));
            }

            windows.Add(new ClosedWindow(token, source.IsLongLived, now));
        }
    }
}

/// <summary>A suspected origin.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Windows">The windows with a known state, oldest first, and whether they leak.</param>
/// <param name="Oldest">The oldest window still kept. Work from windows before it has been left behind for hours.</param>
internal sealed record SuspectedOrigin(string Label, OriginKind Kind, IReadOnlyList<(long Window, bool IsLeaky)> Windows, long Oldest)
{
    private const int Recent = 5;
    private const int MinLeaky = 3;

    /// <summary>Whether a leak needs two captures: work in a service or a loop may wait for long, and is a leak only if it grows.</summary>
    public bool MustGrow => Kind.IsEndless();

    /// <summary>Whether the windows alone are sufficient proof, if no capture can confirm them.</summary>
    public bool IsCertain => !MustGrow && Windows.TakeLast(Recent).Count(static window => window.IsLeaky) >= MinLeaky;
}
