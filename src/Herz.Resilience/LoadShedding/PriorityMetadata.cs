using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>How much the requests of an endpoint matter when not all can be served.</summary>
/// <param name="priority">The priority.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none of the three.</exception>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class HerzPriorityAttribute(RequestPriority priority) : Attribute
{
    /// <summary>The priority.</summary>
    public RequestPriority Priority { get; } = Enum.IsDefined(priority)
        ? priority
        : throw new ArgumentOutOfRangeException(nameof(priority), priority, "The priority of a request is one of Sheddable, Default and Critical.");
}

/// <summary>Leaves an endpoint without load shedding: its requests are never refused, delayed or counted by it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableHerzLoadSheddingAttribute : Attribute;
