using CsCheck;
using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Tests.Recording;

public sealed class SliceTests
{
    private static LatencyHistogram Histogram(IEnumerable<long> microseconds)
    {
        var histogram = new LatencyHistogram(2);
        foreach (var value in microseconds)
        {
            histogram.Record(value * 1000);
        }

        return histogram;
    }

    private static Slice Of(IEnumerable<long> microseconds) => new() { Latencies = Histogram(microseconds).ToCounts() };

    [Fact]
    public void Merge_AnyTwo_EqualsOneHistogramOfBoth() =>
        Gen.Select(Gen.Long[0, 5_000_000].Array[0, 200], Gen.Long[0, 2_000].Array[0, 200]).Sample((a, b) =>
            Assert.Equal(Histogram(a.Concat(b)).ToCounts(), Of(a).Merge(Of(b)).Latencies));

    [Fact]
    public void Merge_Slices_AllocatesFewBytes()
    {
        var values = Enumerable.Range(1, 250).Select(v => (long)v).ToArray();
        var (first, second) = (Of(values), Of(values.Select(v => v * 1000)));
        first.Merge(second);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var merged = first.Merge(second);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        // 16 bytes for each value of the result, plus at most 1,000 bytes.
        Assert.InRange(bytes, 16 * merged.Latencies.Count, (16 * merged.Latencies.Count) + 1000);
    }
}
