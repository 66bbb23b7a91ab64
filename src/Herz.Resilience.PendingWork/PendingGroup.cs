namespace Herz.Resilience.PendingWork;

/// <summary>Operations that are alike.</summary>
/// <param name="Kind">What they are made of.</param>
/// <param name="Method">Their method.</param>
/// <param name="Awaits">What they wait for.</param>
/// <param name="State">Why they have not ended.</param>
/// <param name="Origin">The label of their origin; null where they hold none, or where the grouping leaves it out.</param>
/// <param name="Stack">Their call stack; null where the grouping leaves it out.</param>
/// <param name="Count">How many they are.</param>
public sealed record PendingGroup(
    PendingKind Kind, string Method, string Awaits, PendingState State, string? Origin, string? Stack, int Count);
