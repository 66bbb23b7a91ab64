namespace Herz.Resilience.Tool.Thresholds;

/// <summary>A threshold beside its figure.</summary>
/// <param name="Threshold">The threshold as it was written.</param>
/// <param name="Kept">Whether the run kept it.</param>
/// <param name="Figure">What the run had, with its unit.</param>
internal sealed record ThresholdVerdict(string Threshold, bool Kept, string Figure);
