namespace Herz.Resilience.PendingWork;

/// <summary>The change in the objects of one type between two captures.</summary>
/// <param name="Type">The type.</param>
/// <param name="CountGrowth">The growth in objects; negative if there are fewer.</param>
/// <param name="BytesGrowth">The growth in bytes; negative if there are fewer.</param>
public sealed record HeapTypeChange(string Type, long CountGrowth, long BytesGrowth);
