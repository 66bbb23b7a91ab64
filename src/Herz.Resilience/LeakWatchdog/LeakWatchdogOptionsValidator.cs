using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.LeakWatchdog;

internal static class LeakWatchdogOptionsValidator
{
    public static void Validate(LeakWatchdogOptions options, ConfigurationErrors errors)
    {
        if (options.Interval < TimeSpan.FromSeconds(1) || options.Interval > TimeSpan.FromHours(1))
        {
            errors.Add("LeakWatchdog:Interval", options.Interval, "a time from 00:00:01 to 01:00:00");
        }

        if (options.Window < TimeSpan.FromSeconds(4) || options.Window > TimeSpan.FromHours(1))
        {
            errors.Add("LeakWatchdog:Window", options.Window, "a time from 00:00:04 to 01:00:00");
        }

        errors.Defined<CaptureMode>("LeakWatchdog:Capture", options.Capture);
        errors.InRange("LeakWatchdog:History", options.History, TrendDetector.MinimumSamples, 10_000);
    }
}
