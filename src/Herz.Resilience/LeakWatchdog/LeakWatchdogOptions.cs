using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>The watchdog that finds what only grows: the section <c>Herz:LeakWatchdog</c>. In <c>Mode: Off</c> it samples nothing.</summary>
public sealed class LeakWatchdogOptions : FeatureOptions
{
    /// <summary>The time between two samples of the signals; 1 second to 1 hour.</summary>
    /// <value>The default is 15 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many samples are kept and judged; 40 to 10,000. A trend is judged from 40 samples on.</summary>
    /// <value>The default is 240: one hour at the default interval.</value>
    public int History { get; set; } = 240;
}
