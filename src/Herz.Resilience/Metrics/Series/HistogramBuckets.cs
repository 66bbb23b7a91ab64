using System.Diagnostics.Metrics;
using System.Globalization;

namespace Herz.Resilience.Metrics.Series;

/// <summary>The bucket bounds of a histogram: the advised ones, or the defaults for its unit.</summary>
internal static class HistogramBuckets
{
    // From the OpenTelemetry semantic conventions for request durations in seconds.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    // The default bounds of the OpenTelemetry metrics SDK specification, without the zero.
    private static readonly double[] Other = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    /// <summary>Returns finite bounds in ascending order, without duplicates.</summary>
    public static double[] Of(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> h => Bounds(h.Advice),
            Histogram<float> h => Bounds(h.Advice),
            Histogram<decimal> h => Bounds(h.Advice),
            Histogram<long> h => Bounds(h.Advice),
            Histogram<int> h => Bounds(h.Advice),
            Histogram<short> h => Bounds(h.Advice),
            Histogram<byte> h => Bounds(h.Advice),
            _ => [],
        };

        return advised.Length > 0 ? advised : instrument.Unit == "s" ? Seconds : Other;
    }

    private static double[] Bounds<T>(InstrumentAdvice<T>? advice)
        where T : struct =>
        advice?.HistogramBucketBoundaries is { Count: > 0 } bounds
            ? [.. bounds.Select(b => Convert.ToDouble(b, CultureInfo.InvariantCulture)).Where(double.IsFinite).Distinct().Order()]
            : [];
}
