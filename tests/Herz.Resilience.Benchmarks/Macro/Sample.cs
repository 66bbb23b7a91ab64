namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>One round of one app.</summary>
internal readonly record struct Sample(double CpuMicroseconds, double Bytes, double PerSecond)
{
    /// <summary>The median of each figure by itself.</summary>
    public static Sample Median(List<Sample> samples) => new(
        Median(samples.Select(static sample => sample.CpuMicroseconds)),
        Median(samples.Select(static sample => sample.Bytes)),
        Median(samples.Select(static sample => sample.PerSecond)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
