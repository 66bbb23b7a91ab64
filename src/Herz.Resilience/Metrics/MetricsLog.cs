using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Metrics;

internal static partial class MetricsLog
{
    [LoggerMessage(1001, LogLevel.Warning, "The instrument {Instrument} has reached Herz:Metrics:MaxSeriesPerInstrument. Further label values are counted in the series otel_metric_overflow=\"true\".")]
    public static partial void SeriesOverflow(ILogger logger, string instrument);

    [LoggerMessage(1002, LogLevel.Error, "A series of the instrument {Instrument} could not be created. Its measurements are counted in herz_metrics_rejected_measurements_total.")]
    public static partial void SeriesFailed(ILogger logger, string instrument, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "An observable instrument threw an exception. Its values are missing from this scrape.")]
    public static partial void ObservationFailed(ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "The instrument {Instrument} is not published: the type {Type} is not supported.")]
    public static partial void InstrumentSkipped(ILogger logger, string instrument, string type);
}
