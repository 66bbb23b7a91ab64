using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Queueing;

/// <summary>A request in a <see cref="WaitingQueue"/>; a node of its list.</summary>
internal abstract class Waiter
{
    public required RequestPriority Priority { get; init; }

    /// <summary>When it began to wait.</summary>
    public required long Since { get; init; }

    /// <summary>The timestamp at which it must be answered.</summary>
    public required long Deadline { get; init; }

    /// <summary>The time from which it can no longer be answered in time; set when it is queued.</summary>
    public long LatestStart { get; set; }

    /// <summary>The time until which an experiment may hold it.</summary>
    public long HeldUntil { get; set; } = long.MaxValue;

    public Waiter? Older { get; set; }

    public Waiter? Newer { get; set; }

    /// <summary>The time until which it may wait.</summary>
    public long Ends(Expiry expiry) => expiry switch
    {
        Expiry.LatestStart => LatestStart,
        Expiry.HeldUntil => HeldUntil,
        _ => Deadline,
    };

    /// <summary>Called once, outside of any lock, when the wait is over.</summary>
    /// <param name="admitted">Whether it is in flight now.</param>
    /// <param name="now">The time.</param>
    public abstract void Settle(bool admitted, long now);
}

/// <summary>Which time ends a wait.</summary>
internal enum Expiry
{
    /// <summary>Under overload: it can no longer be answered in time.</summary>
    LatestStart,

    /// <summary>During an experiment that has shown nothing yet.</summary>
    HeldUntil,

    /// <summary>Its deadline.</summary>
    Deadline,
}
