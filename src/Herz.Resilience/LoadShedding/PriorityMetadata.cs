using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>The priority of the requests of an endpoint under overload.</summary>
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

/// <summary>Excludes an endpoint from load shedding: its requests are neither refused, delayed nor counted.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableHerzLoadSheddingAttribute : Attribute;
