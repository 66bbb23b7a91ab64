using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Queueing;

/// <summary>A request that waits in a <see cref="WaitingQueue"/>; a link of its list.</summary>
internal abstract class Waiter
{
    public required RequestPriority Priority { get; init; }

    /// <summary>When it began to wait.</summary>
    public required long Since { get; init; }

    /// <summary>The timestamp at which it must be answered.</summary>
    public required long Deadline { get; init; }

    /// <summary>From when on it cannot be answered in time any more; set when it begins to wait.</summary>
    public long LatestStart { get; set; }

    /// <summary>Until when an experiment may hold it.</summary>
    public long HeldUntil { get; set; } = long.MaxValue;

    public Waiter? Older { get; set; }

    public Waiter? Newer { get; set; }

    /// <summary>Until when it may wait.</summary>
    public long Ends(Expiry expiry) => expiry switch
    {
        Expiry.LatestStart => LatestStart,
        Expiry.HeldUntil => HeldUntil,
        _ => Deadline,
    };

    /// <summary>Called once, outside of any lock, when the wait is over.</summary>
    /// <param name="admitted">Whether it has a place in flight now.</param>
    /// <param name="now">When.</param>
    public abstract void Settle(bool admitted, long now);
}

/// <summary>Which time ends a wait.</summary>
internal enum Expiry
{
    /// <summary>That of overload: it could not be answered in time any more.</summary>
    LatestStart,

    /// <summary>That of an experiment that shows nothing.</summary>
    HeldUntil,

    /// <summary>Its deadline.</summary>
    Deadline,
}
