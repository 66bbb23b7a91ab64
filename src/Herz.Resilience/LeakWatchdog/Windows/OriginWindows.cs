using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The closed windows of one origin, the oldest first, and the rule by which they are judged.</summary>
internal sealed class OriginWindows(OriginKind kind)
{
    private const int Capacity = 240;

    // In quarters of a window: an origin that gets no more requests adds nothing to its leak.
    private const int Quiet = 60;

    // One leaky window is a lazy start: a loop or a timer that the first request began. Two may be.
    private const int LeakyWindows = 3;
    private const int Recent = 3;

    // A loop that waits for hours holds one window, so that a few leak in any app.
    private const int EndlessLeakyWindows = 4;
    private const int EndlessRecent = 5;

    // In quarters of a window: half an hour by default. A leak that was mended after a day says nothing of how long work lives.
    private const int LongestLifetime = 120;

    private readonly Queue<ClosedWindow> _windows = new();
    private (long Window, WindowState State)[] _known = [];
    private TimeSpan _lastClosedAt;

    /// <summary>Whether the origin is under suspicion: three windows leak, and one of the last three of which anything is known.</summary>
    public bool IsSuspected { get; private set; }

    public void Add(ClosedWindow window)
    {
        _lastClosedAt = window.ClosedAt;
        _windows.Enqueue(window);
        if (_windows.Count > Capacity)
        {
            _windows.Dequeue();
        }
    }

    /// <summary>Looks at every window that is not known to be clean, and judges.</summary>
    public void Look(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        foreach (var window in _windows)
        {
            window.Look(now, collections, settle);
        }

        var patience = Patience(settle);
        _known = [.. _windows
            .Where(window => window.State == WindowState.Clean || (window.State == WindowState.Leaky && now - window.ClosedAt >= patience))
            .Select(static window => (window.Window, window.State))];
        IsSuspected = now - _lastClosedAt < Quiet * settle && Judge([.. _known.Select(static window => window.State)], kind);
    }

    /// <summary>The windows of which something is known, the oldest first, and whether they leak.</summary>
    public IReadOnlyList<(long Window, bool IsLeaky)> Known() => [.. _known.Select(static window => (window.Window, window.State == WindowState.Leaky))];

    /// <summary>The oldest window that is remembered.</summary>
    public long Oldest => _windows.Peek().Window;

    /// <summary>Whether a full collection could change the verdict: what it would tell may add up to a leak, or end one.</summary>
    public bool WantsCollection()
    {
        var waiting = _windows.Count(static window => window.AwaitsCollection);
        var leaky = _windows.Where(static window => window.State != WindowState.Unknown)
            .TakeLast(Recent).Count(static window => window.State == WindowState.Leaky);
        return waiting > 0 && (IsSuspected || waiting + leaky >= LeakyWindows);
    }

    // Work that was seen to end by itself is given twice that time before it counts as left behind. Of services and loops
    // nothing follows from what ended: it may be one that went on.
    private TimeSpan Patience(TimeSpan settle)
    {
        var lifetime = kind.IsEndless() ? TimeSpan.Zero : _windows.Max(static window => window.Lifetime) ?? TimeSpan.Zero;
        return 2 * (lifetime < LongestLifetime * settle ? lifetime : LongestLifetime * settle);
    }

    /// <summary>The pure rule.</summary>
    /// <param name="states">The windows, the oldest first.</param>
    /// <param name="kind">What the origin is.</param>
    public static bool Judge(IReadOnlyList<WindowState> states, OriginKind kind = OriginKind.Endpoint)
    {
        var known = states.Where(static state => state != WindowState.Unknown).ToArray();
        if (kind.IsEndless())
        {
            return known.TakeLast(EndlessRecent).Count(static state => state == WindowState.Leaky) >= EndlessLeakyWindows;
        }

        return known.Count(static state => state == WindowState.Leaky) >= LeakyWindows
            && known.TakeLast(Recent).Contains(WindowState.Leaky);
    }
}
