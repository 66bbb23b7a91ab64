namespace Herz.Resilience.Tool.Judgement;

/// <summary>A value at a point in time.</summary>
/// <param name="Seconds">Time since the start of the series.</param>
/// <param name="Value">The measured value.</param>
internal readonly record struct Sample(double Seconds, double Value);
