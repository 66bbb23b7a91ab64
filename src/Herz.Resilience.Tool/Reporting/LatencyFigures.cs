using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>The usual figures of a histogram, in milliseconds.</summary>
internal sealed record LatencyFigures
{
    /// <summary>Number of latencies.</summary>
    public long Count { get; init; }

    /// <summary>Mean.</summary>
    public double Mean { get; init; }

    /// <summary>Median.</summary>
    public double P50 { get; init; }

    /// <summary>75th percentile.</summary>
    public double P75 { get; init; }

    /// <summary>90th percentile.</summary>
    public double P90 { get; init; }

    /// <summary>95th percentile.</summary>
    public double P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public double P99 { get; init; }

    /// <summary>99.9th percentile.</summary>
    public double P999 { get; init; }

    /// <summary>Maximum.</summary>
    public double Max { get; init; }

    /// <summary>Reads the figures from a histogram.</summary>
    public static LatencyFigures Of(LatencyHistogram histogram) => new()
    {
        Count = histogram.Count,
        Mean = histogram.MeanMs,
        P50 = histogram.PercentileMs(50),
        P75 = histogram.PercentileMs(75),
        P90 = histogram.PercentileMs(90),
        P95 = histogram.PercentileMs(95),
        P99 = histogram.PercentileMs(99),
        P999 = histogram.PercentileMs(99.9),
        Max = histogram.MaxMs,
    };
}
