using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>Closes the windows in time, asks for the collection that proves what is alive, and tells which origins are under suspicion.</summary>
internal sealed class OriginWatch(OriginRegistry origins, FullCollections collections, Settings<LeakWatchdogOptions> settings, TimeProvider time)
{
    private const int WindowsToLearn = 8;

    private readonly Dictionary<OriginSource, OriginWindows> _windows = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _window = settings.Value.Window;
    private TimeSpan _closedAt;
    private TimeSpan? _collectedAt;
    private int _closed = WindowsToLearn;

    /// <summary>A quarter of a window: how often it is worth looking, and how long requests may take to end after their window.</summary>
    public TimeSpan Step => _window / 4;

    /// <summary>Whether so few windows have closed since all was forgotten that a leak need not show yet.</summary>
    public bool IsLearning => _closed < WindowsToLearn;

    /// <summary>The origins under suspicion.</summary>
    public IReadOnlyList<SuspectedOrigin> Suspects { get; private set; } = [];

    /// <summary>Closes the window if it is over, and looks at all that have closed.</summary>
    public void Look()
    {
        // Not by the clock on the wall, which may leap.
        var now = time.GetElapsedTime(_start);
        if (_window != settings.Value.Window)
        {
            // Counts of windows of another length say nothing about these.
            Forget();
        }

        if (now - _closedAt >= _window)
        {
            _closedAt = now;
            _closed++;
            Close(now);
        }

        foreach (var (_, windows) in _windows)
        {
            windows.Look(now, collections, Step);
        }

        Suspects = [.. _windows.Where(static entry => entry.Value.IsSuspected)
            .Select(static entry => new SuspectedOrigin(entry.Key.Label, entry.Key.Kind, entry.Value.Known(), entry.Value.Oldest))];
        if ((_collectedAt is null || now - _collectedAt >= _window) && collections.CanRequest && _windows.Values.Any(static windows => windows.WantsCollection()))
        {
            _collectedAt = now;
            collections.Request();
        }
    }

    /// <summary>Begins anew, as after a start.</summary>
    public void Forget()
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

/// <summary>An origin under suspicion.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Windows">The windows of which something is known, the oldest first, and whether they leak.</param>
/// <param name="Oldest">The oldest window that is remembered: of those before it the origin has left work behind for hours.</param>
internal sealed record SuspectedOrigin(string Label, OriginKind Kind, IReadOnlyList<(long Window, bool IsLeaky)> Windows, long Oldest)
{
    private const int Recent = 5;
    private const int LeastLeaky = 3;

    /// <summary>Whether it takes two captures to tell: what waits for long in a service or a loop may do so rightly, unless it grows.</summary>
    public bool MustGrow => Kind.IsEndless();

    /// <summary>Whether the windows alone are proof enough to tell of, where no capture can confirm them.</summary>
    public bool IsCertain => !MustGrow && Windows.TakeLast(Recent).Count(static window => window.IsLeaky) >= LeastLeaky;
}
