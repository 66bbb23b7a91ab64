namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>One round of one app.</summary>
internal readonly record struct Sample(double CpuMicroseconds, double Bytes, double PerSecond)
{
    /// <summary>The median of each figure.</summary>
    public static Sample Median(IReadOnlyCollection<Sample> samples) => new(
        Median(samples.Select(static sample => sample.CpuMicroseconds)),
        Median(samples.Select(static sample => sample.Bytes)),
        Median(samples.Select(static sample => sample.PerSecond)));

    /// <summary>The median of the differences by round, so a slow round affects both apps equally.</summary>
    public static Sample MedianOver(IReadOnlyList<Sample> samples, IReadOnlyList<Sample> bare) =>
        Median([.. samples.Zip(bare, static (one, other) => new Sample(one.CpuMicroseconds - other.CpuMicroseconds, one.Bytes - other.Bytes, one.PerSecond - other.PerSecond))]);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
