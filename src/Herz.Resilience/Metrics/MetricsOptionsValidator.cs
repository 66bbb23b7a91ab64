using Herz.Resilience.Configuration;

namespace Herz.Resilience.Metrics;

internal static class MetricsOptionsValidator
{
    public static void Validate(MetricsOptions options, ConfigurationErrors errors)
    {
        errors.AbsolutePath("Metrics:Path", options.Path);
        errors.InRange("Metrics:MaxSeriesPerInstrument", options.MaxSeriesPerInstrument, 1, 1_000_000);
    }
}
