using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog;

internal static class LeakWatchdogOptionsValidator
{
    public static void Validate(LeakWatchdogOptions options, ConfigurationErrors errors)
    {
        errors.Positive("LeakWatchdog:Interval", options.Interval);
    }
}
