namespace Herz.Resilience.PendingWork;

/// <summary>How the objects of one type changed between two captures.</summary>
/// <param name="Type">The type.</param>
/// <param name="CountGrowth">How many more there are; negative where there are fewer.</param>
/// <param name="BytesGrowth">How many more bytes they take; negative where they are fewer.</param>
public sealed record HeapTypeChange(string Type, long CountGrowth, long BytesGrowth);
