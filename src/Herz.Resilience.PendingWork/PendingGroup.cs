namespace Herz.Resilience.PendingWork;

/// <summary>A group of operations with equal properties.</summary>
/// <param name="Kind">The kind of the operations.</param>
/// <param name="Method">Their method.</param>
/// <param name="Awaits">The call or method that they wait for.</param>
/// <param name="State">The reason why they have not ended.</param>
/// <param name="Origin">The label of their origin; null if they have none or the grouping omits it.</param>
/// <param name="Stack">Their call stack; null if the grouping omits it.</param>
/// <param name="Count">The number of operations.</param>
public sealed record PendingGroup(
    PendingKind Kind, string Method, string Awaits, PendingState State, string? Origin, string? Stack, int Count);
