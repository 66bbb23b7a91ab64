namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The closed windows of one origin, the oldest first, and the rule by which they are judged.</summary>
internal sealed class OriginWindows
{
    private const int Capacity = 240;

    // One leaky window is a lazy start: a loop or a timer that the first request began. Two may be.
    private const int LeakyWindows = 3;
    private const int Recent = 3;

    // In quarters of a window: half an hour by default. A leak that was mended after a day says nothing of how long work lives.
    private const int LongestLifetime = 120;

    private readonly Queue<ClosedWindow> _windows = new();
    private (long Window, WindowState State)[] _known = [];

    /// <summary>Whether the origin is under suspicion: three windows leak, and one of the last three of which anything is known.</summary>
    public bool IsSuspected { get; private set; }

    public void Add(ClosedWindow window)
    {
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

        // Work that was seen to end by itself is given twice that time before it counts as left behind.
        var lifetime = _windows.Max(static window => window.Lifetime) ?? TimeSpan.Zero;
        var patience = 2 * (lifetime < LongestLifetime * settle ? lifetime : LongestLifetime * settle);
        _known = [.. _windows
            .Where(window => window.State == WindowState.Clean || (window.State == WindowState.Leaky && now - window.ClosedAt >= patience))
            .Select(static window => (window.Window, window.State))];
        IsSuspected = Judge([.. _known.Select(static window => window.State)]);
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

    /// <summary>The pure rule.</summary>
    /// <param name="states">The windows, the oldest first.</param>
    public static bool Judge(IReadOnlyList<WindowState> states)
    {
        var known = states.Where(static state => state != WindowState.Unknown).ToArray();
        return known.Count(static state => state == WindowState.Leaky) >= LeakyWindows
            && known.TakeLast(Recent).Contains(WindowState.Leaky);
    }
}
