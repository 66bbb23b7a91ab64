using HdrHistogram;

namespace Herz.Resilience.Tool.Recording;

/// <summary>Latencies from 1 µs to 1 h in an HDR histogram. Input is in nanoseconds, output in milliseconds. One writer.</summary>
internal sealed class LatencyHistogram(int digits = 3)
{
    private const long MaxMicroseconds = 3_600_000_000;

    private readonly LongHistogram _histogram = new(MaxMicroseconds, digits);
    private long _maxNs;
    private double _sumNs;

    /// <summary>Number of recorded latencies.</summary>
    public long Count => _histogram.TotalCount;

    /// <summary>Mean in milliseconds; 0 when empty.</summary>
    public double MeanMs => Count == 0 ? 0 : _sumNs / Count / 1e6;

    /// <summary>The largest latency, exactly, in milliseconds.</summary>
    public double MaxMs => _maxNs / 1e6;

    /// <summary>Records one latency; a value out of range is recorded at the end of the range.</summary>
    public void Record(long nanoseconds)
    {
        _histogram.RecordValue(Math.Clamp(nanoseconds / 1000, 1, MaxMicroseconds));
        _maxNs = Math.Max(_maxNs, nanoseconds);
        _sumNs += nanoseconds;
    }

    /// <summary>The latency in milliseconds that <paramref name="percentile"/> percent (0 to 100) of all latencies do not exceed; 0 when empty.</summary>
    public double PercentileMs(double percentile)
    {
        if (Count == 0)
        {
            return 0;
        }

        // The library rounds the rank to the nearest integer; a percentile needs the rank rounded up.
        var rank = Math.Ceiling(percentile / 100 * Count) / Count * 100;
        return Math.Min(_histogram.GetValueAtPercentile(rank) / 1e3, Math.Max(MaxMs, 1e-3));
    }

    /// <summary>The recorded values in order.</summary>
    public LatencyCount[] ToCounts() =>
        [.. _histogram.RecordedValues().Where(v => v.CountAddedInThisIterationStep > 0)
            .Select(v => new LatencyCount(v.ValueIteratedTo, v.CountAddedInThisIterationStep))];

    /// <summary>Adds the content of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        _histogram.Add(other._histogram);
        _maxNs = Math.Max(_maxNs, other._maxNs);
        _sumNs += other._sumNs;
    }

    /// <summary>Adds values from <see cref="ToCounts"/>.</summary>
    public void Add(IEnumerable<LatencyCount> counts)
    {
        foreach (var (microseconds, count) in counts)
        {
            var value = Math.Clamp(microseconds, 1, MaxMicroseconds);
            _histogram.RecordValueWithCount(value, count);
            _maxNs = Math.Max(_maxNs, value * 1000);
            _sumNs += value * 1000.0 * count;
        }
    }

    /// <summary>Removes all values.</summary>
    public void Reset()
    {
        _histogram.Reset();
        _maxNs = 0;
        _sumNs = 0;
    }
}
