using CsCheck;
using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Tests.Recording;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void PercentileMs_AnyLatencies_IsAccurateToTwoPerMille() =>
        Gen.Long[1_000, 60_000_000_000].Array[1, 300].Sample(latencies =>
        {
            var histogram = new LatencyHistogram();
            foreach (var latency in latencies)
            {
                histogram.Record(latency);
            }

            var sorted = latencies.Order().ToArray();
            foreach (var p in new[] { 50.0, 90, 99, 100 })
            {
                var truth = sorted[Math.Max(0, (int)Math.Ceiling(p / 100 * sorted.Length) - 1)] / 1e6;
                Assert.InRange(histogram.PercentileMs(p), truth * 0.998 - 0.001, truth * 1.002 + 0.001);
            }
        }, iter: 200);

    [Fact]
    public void Record_OutOfRange_CountsAtTheEnd()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(0);
        histogram.Record(long.MaxValue / 2);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0.001, histogram.PercentileMs(1), 1e-9);
    }

    [Fact]
    public void Counts_RoundTrip_KeepsThePercentiles()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 1000; i++)
        {
            histogram.Record(i * 137_000L);
        }

        var copy = new LatencyHistogram();
        copy.Add(histogram.ToCounts());

        Assert.Equal(histogram.Count, copy.Count);
        Assert.Equal(histogram.PercentileMs(99), copy.PercentileMs(99), 0.2);
    }
}
