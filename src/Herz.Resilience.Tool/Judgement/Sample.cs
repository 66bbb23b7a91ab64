namespace Herz.Resilience.Tool.Judgement;

/// <summary>A value at a time.</summary>
/// <param name="Seconds">Since the beginning of the series.</param>
/// <param name="Value">What was measured.</param>
internal readonly record struct Sample(double Seconds, double Value);
