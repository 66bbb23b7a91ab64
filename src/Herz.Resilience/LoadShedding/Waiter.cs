using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>A request that waits in a <see cref="WaitingLine"/>; a link of its list.</summary>
internal abstract class Waiter
{
    public required RequestPriority Priority { get; init; }

    /// <summary>When it began to wait.</summary>
    public required long Since { get; init; }

    /// <summary>The timestamp at which it must be answered.</summary>
    public required long Deadline { get; init; }

    /// <summary>From when on it cannot be answered in time any more; set when it begins to wait.</summary>
    public long LatestStart { get; set; }

    public Waiter? Older { get; set; }

    public Waiter? Newer { get; set; }

    /// <summary>Called once, outside of any lock, when the wait is over.</summary>
    /// <param name="admitted">Whether it has a place in flight now.</param>
    /// <param name="now">When.</param>
    public abstract void Settle(bool admitted, long now);
}
