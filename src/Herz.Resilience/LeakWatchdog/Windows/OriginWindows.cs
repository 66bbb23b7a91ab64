using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The closed windows of one origin, oldest first, and the rule that makes the origin suspected.</summary>
internal sealed class OriginWindows(OriginKind kind)
{
    private const int Capacity = 240;

    // In quarters of a window: the leak of an origin without requests no longer grows.
    private const int MaxIdleQuarters = 60;

    // One or two leaky windows can be lazy initialization: a loop or a timer that the first request started.
    private const int LeakyWindows = 3;
    private const int Recent = 3;

    // A loop that waits for hours holds one window, so a few leaky windows occur in every app.
    private const int EndlessLeakyWindows = 4;
    private const int EndlessRecent = 5;

    // In quarters of a window: half an hour by default. A leak that was fixed after a day does not show how long normal work lives.
    private const int MaxLifetimeQuarters = 120;

    private readonly Queue<ClosedWindow> _windows = new();
    private (long Window, WindowState State)[] _known = [];
    private TimeSpan _lastClosedAt;

    /// <summary>Whether the origin is suspected: three windows leak, including one of the last three with a known state.</summary>
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

    /// <summary>Checks every window that is not known to be clean, and applies the rule.</summary>
    public void Check(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        foreach (var window in _windows)
        {
            window.Check(now, collections, settle);
        }

        var gracePeriod = GracePeriod(settle);
        _known = [.. _windows
            .Where(window => window.State == WindowState.Clean || (window.State == WindowState.Leaky && now - window.ClosedAt >= gracePeriod))
            .Select(static window => (window.Window, window.State))];
        IsSuspected = now - _lastClosedAt < MaxIdleQuarters * settle && IsLeaking([.. _known.Select(static window => window.State)], kind);
    }

    /// <summary>The windows with a known state, oldest first, and whether they leak.</summary>
    public IReadOnlyList<(long Window, bool IsLeaky)> Known() => [.. _known.Select(static window => (window.Window, window.State == WindowState.Leaky))];

    /// <summary>The oldest window still kept.</summary>
    public long Oldest => _windows.Peek().Window;

    /// <summary>Whether a full collection could change the result: complete a suspicion or end one.</summary>
    public bool WantsCollection()
    {
        var waiting = _windows.Count(static window => window.AwaitsCollection);
        var leaky = _windows.Where(static window => window.State != WindowState.Unknown)
            .TakeLast(Recent).Count(static window => window.State == WindowState.Leaky);
        return waiting > 0 && (IsSuspected || waiting + leaky >= LeakyWindows);
    }

    // Work that was seen to end gets twice that time before it counts as left behind. For services and loops an ended window
    // proves nothing: a loop may just have moved on to a later window.
    private TimeSpan GracePeriod(TimeSpan settle)
    {
        var lifetime = kind.IsEndless() ? TimeSpan.Zero : _windows.Max(static window => window.Lifetime) ?? TimeSpan.Zero;
        return 2 * (lifetime < MaxLifetimeQuarters * settle ? lifetime : MaxLifetimeQuarters * settle);
    }

    /// <summary>The pure rule that makes an origin suspected.</summary>
    /// <param name="states">The states of the windows, oldest first.</param>
    /// <param name="kind">The kind of the origin.</param>
    public static bool IsLeaking(IReadOnlyList<WindowState> states, OriginKind kind = OriginKind.Endpoint)
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
