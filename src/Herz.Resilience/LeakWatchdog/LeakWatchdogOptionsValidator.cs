using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.LeakWatchdog;

internal static class LeakWatchdogOptionsValidator
{
    public static void Validate(LeakWatchdogOptions options, ConfigurationErrors errors)
    {
        errors.InRange("LeakWatchdog:Interval", options.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        errors.InRange("LeakWatchdog:Window", options.Window, TimeSpan.FromSeconds(4), TimeSpan.FromHours(1));
        errors.Defined<CaptureMode>("LeakWatchdog:Capture", options.Capture);
        errors.InRange("LeakWatchdog:History", options.History, TrendDetector.MinimumSamples, 10_000);
    }
}
