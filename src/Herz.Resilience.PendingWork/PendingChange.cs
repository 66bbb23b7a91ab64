namespace Herz.Resilience.PendingWork;

/// <summary>The change in one group of operations between two captures.</summary>
/// <param name="Method">The method.</param>
/// <param name="Awaits">The call or method that it waits for.</param>
/// <param name="Origin">The label of its origin; null if it has none.</param>
/// <param name="Before">The number of operations in the earlier capture.</param>
/// <param name="After">The number of operations in the later capture.</param>
public sealed record PendingChange(string Method, string Awaits, string? Origin, int Before, int After)
{
    /// <summary>The growth in operations; negative if there are fewer.</summary>
    public int Growth => After - Before;
}
