using System.Numerics;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>
/// The closed windows of one origin and the rule that makes the origin suspected. Windows that are not clean are kept; of clean ones
/// remain the number of the last few and a count, so that a healthy endpoint costs a few hundred bytes.
/// </summary>
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

    // As much ends as begins if in at least four of the last eight windows work ended that had been left behind: sessions of hours end
    // one after the other, and a leak never ends. A leak whose work ends all at once, as at a fix, does not count.
    private const int BalanceSlots = 8;
    private const int MinEndings = 4;

    // Services and loops hold a window each in every app, which only a full collection decides: while it finds nothing, the next one is
    // requested after twice as many windows.
    private const int MaxPatience = 30;

    private readonly List<ClosedWindow> _open = [];
    private RecentWindows _clean;
    private int _cleanCount;
    private TimeSpan _lifetime;
    private TimeSpan _lifetimeSeenAt;
    private TimeSpan _lastClosedAt;
    private TimeSpan _gracePeriod;
    private TimeSpan _now;
    private int _patience = EndlessLeakyWindows;
    private int _recentLeaky;
    private uint _endings;
    private long _lastFull = -1;
    private TimeSpan _slotSince;

    /// <summary>Whether the origin is suspected: three windows leak, including one of the last three with a known state.</summary>
    public bool IsSuspected { get; private set; }

    /// <summary>The number of windows whose state is not known.</summary>
    public int Undecided { get; private set; }

    /// <summary>The oldest window still kept.</summary>
    public long Oldest => _open.Count > 0 ? _open[0].Window : _clean.Kept[0];

    public void Add(ClosedWindow window)
    {
        _lastClosedAt = window.ClosedAt;
        if (_open.Count == Capacity)
        {
            _open.RemoveAt(0);
        }

        _open.Add(window);
    }

    /// <summary>Checks every window that is not known to be clean, and applies the rule.</summary>
    public void Check(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        if (_open.Count == 0)
        {
            (IsSuspected, Undecided) = (false, 0);
            return;
        }

        _now = now;
        CountEndings(now, collections, settle);
        foreach (var window in _open)
        {
            window.Check(now, collections, settle);
        }

        Undecided = 0;
        foreach (var window in _open)
        {
            Undecided += window.State == WindowState.Unknown ? 1 : 0;
            if (window.State == WindowState.Clean)
            {
                Collapse(window, settle);
            }
        }

        _open.RemoveAll(static window => window.State == WindowState.Clean);
        _gracePeriod = GracePeriod(settle);
        IsSuspected = IsLeaking() && now - _lastClosedAt < MaxIdleQuarters * settle;
        _patience = IsSuspected ? EndlessLeakyWindows : _patience;
    }

    /// <summary>The windows with a known state, oldest first, and whether they leak. Of clean ones only the last few.</summary>
    public List<(long Window, bool IsLeaky)> Known()
    {
        var known = new List<(long Window, bool IsLeaky)>();
        foreach (var window in _clean.Kept)
        {
            known.Add((window, false));
        }

        known.AddRange(_open.Where(IsLeaky).Select(static window => (window.Window, true)));
        known.Sort(static (one, other) => one.Window.CompareTo(other.Window));
        return known;
    }

    /// <summary>The requests that began in each window that is not clean.</summary>
    public Dictionary<long, int> Begun() => _open.ToDictionary(static window => window.Window, static window => window.Begun);

    /// <summary>The number of windows with a known state.</summary>
    public int KnownCount => Math.Min(Capacity, _cleanCount + _open.Count(IsLeaky));

    /// <summary>Whether a collection could change the result: complete a suspicion or end one.</summary>
    public bool WantsCollection
    {
        get
        {
            var waiting = 0;
            foreach (var window in _open)
            {
                waiting += window.AwaitsCollection || (window.State == WindowState.Leaky && !IsLeaky(window) && _now - window.ClosedAt >= _gracePeriod) ? 1 : 0;
            }

            return waiting > 0 && (IsSuspected || waiting >= (kind.IsEndless() ? _patience : LeakyWindows - _recentLeaky));
        }
    }

    /// <summary>A full collection was requested for the waiting windows.</summary>
    public void Requested() => _patience = Math.Min(MaxPatience, 2 * _patience);

    // Work that may have ended since the last full collection is not left behind for that long.
    private bool IsLeaky(ClosedWindow window) => window.State == WindowState.Leaky && window.ConfirmedAt - window.ClosedAt >= _gracePeriod;

    private void Collapse(ClosedWindow window, TimeSpan settle)
    {
        _clean.Add(window.Window);
        _cleanCount = Math.Min(Capacity, _cleanCount + 1);
        _endings |= window.Lifetime is null ? 0 : 1u;
        if (window.Lifetime is { } lifetime && (lifetime >= _lifetime || _now - _lifetimeSeenAt > 4 * Capacity * settle))
        {
            (_lifetime, _lifetimeSeenAt) = (lifetime, _now);
        }
    }

    // Work that was seen to end gets twice that time before it counts as left behind. For services and loops an ended window
    // proves nothing: a loop may just have moved on to a later window.
    private TimeSpan GracePeriod(TimeSpan settle)
    {
        var lifetime = kind.IsEndless() || _now - _lifetimeSeenAt > 4 * Capacity * settle ? TimeSpan.Zero : _lifetime;
        return 2 * (IsBalanced || lifetime < MaxLifetimeQuarters * settle ? lifetime : MaxLifetimeQuarters * settle);
    }

    private bool IsBalanced => BitOperations.PopCount(_endings & ((1 << BalanceSlots) - 1)) >= MinEndings;

    // Only a full collection shows that old work has ended, so a slot is a window with one.
    private void CountEndings(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        if (collections.LastFull != _lastFull && now - _slotSince >= 4 * settle)
        {
            (_lastFull, _slotSince) = (collections.LastFull, now);
            _endings <<= 1;
        }
    }

    // The newest known windows, from the newest back: the kept clean windows suffice, because no rule looks at more.
    private bool IsLeaking()
    {
        Span<WindowState> newest = stackalloc WindowState[RecentWindows.Capacity];
        var (count, leaky, clean) = (0, 0, _clean.Kept.Length - 1);
        for (var open = _open.Count - 1; open >= 0; open--)
        {
            if (!IsLeaky(_open[open]))
            {
                continue;
            }

            leaky++;
            for (; count < newest.Length && clean >= 0 && _clean.Kept[clean] > _open[open].Window; clean--)
            {
                newest[count++] = WindowState.Clean;
            }

            if (count < newest.Length)
            {
                newest[count++] = WindowState.Leaky;
            }
        }

        for (; count < newest.Length && clean >= 0; clean--)
        {
            newest[count++] = WindowState.Clean;
        }

        _recentLeaky = newest[..Math.Min(Recent, count)].Count(WindowState.Leaky);
        return IsLeaking(newest[..count], leaky, kind);
    }

    /// <summary>The pure rule that makes an origin suspected.</summary>
    /// <param name="newest">The states of the newest known windows, newest first; five or all.</param>
    /// <param name="leaky">The number of leaky windows.</param>
    /// <param name="kind">The kind of the origin.</param>
    public static bool IsLeaking(ReadOnlySpan<WindowState> newest, int leaky, OriginKind kind = OriginKind.Endpoint) => kind.IsEndless()
        ? newest.Count(WindowState.Leaky) >= EndlessLeakyWindows
        : leaky >= LeakyWindows && newest[..Math.Min(Recent, newest.Length)].Contains(WindowState.Leaky);
}
