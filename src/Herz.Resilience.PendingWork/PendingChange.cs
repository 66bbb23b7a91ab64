namespace Herz.Resilience.PendingWork;

/// <summary>How one group of operations changed between two captures.</summary>
/// <param name="Method">The method.</param>
/// <param name="Awaits">What it waits for.</param>
/// <param name="Origin">The label of its origin; null where it holds none.</param>
/// <param name="Before">How many there were.</param>
/// <param name="After">How many there are.</param>
public sealed record PendingChange(string Method, string Awaits, string? Origin, int Before, int After)
{
    /// <summary>How many more there are; negative where there are fewer.</summary>
    public int Growth => After - Before;
}
