using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>The watchdog that finds work that never ends: the section <c>Herz:LeakWatchdog</c>.</summary>
public sealed class LeakWatchdogOptions : FeatureOptions
{
    /// <summary>The time between two samples of the signals.</summary>
    /// <value>The default is 15 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}
