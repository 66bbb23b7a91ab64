namespace Herz.Resilience.Tool.Thresholds;

/// <summary>A threshold and the measured value.</summary>
/// <param name="Threshold">The threshold as given.</param>
/// <param name="Kept">Whether the run kept it.</param>
/// <param name="Figure">The measured value with its unit.</param>
internal sealed record ThresholdVerdict(string Threshold, bool Kept, string Figure);
