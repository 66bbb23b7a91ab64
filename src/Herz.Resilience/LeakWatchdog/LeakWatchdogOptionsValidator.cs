using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.LeakWatchdog;

internal static class LeakWatchdogOptionsValidator
{
    private const int MaxLoadMeters = 20;

    public static void Validate(LeakWatchdogOptions options, ConfigurationErrors errors)
    {
        errors.InRange("LeakWatchdog:Interval", options.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        errors.InRange("LeakWatchdog:Window", options.Window, TimeSpan.FromSeconds(4), TimeSpan.FromHours(1));
        errors.Defined<CaptureMode>("LeakWatchdog:Capture", options.Capture);
        errors.InRange("LeakWatchdog:History", options.History, TrendDetector.MinimumSamples, 10_000);
        errors.InRange("LeakWatchdog:LoadMeters", options.LoadMeters.Count, 0, MaxLoadMeters);
        for (var index = 0; index < options.LoadMeters.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(options.LoadMeters[index]))
            {
                errors.Add($"LeakWatchdog:LoadMeters:{index}", options.LoadMeters[index], "the name of an instrument, such as \"MyApp.messages\"");
            }
        }
    }
}
