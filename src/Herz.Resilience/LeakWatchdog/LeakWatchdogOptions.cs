
namespace Herz.Resilience.LeakWatchdog;

/// <summary>The watchdog that finds what only grows: the section <c>Herz:LeakWatchdog</c>. In <c>Mode: Off</c> it samples nothing.</summary>
public sealed class LeakWatchdogOptions : ReportingOptions
{
    /// <summary>The time between two samples of the signals; 1 second to 1 hour.</summary>
    /// <value>The default is 15 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many samples are kept and judged; 40 to 10,000. A trend is judged from 40 samples on.</summary>
    /// <value>The default is 240: one hour at the default interval.</value>
    public int History { get; set; } = 240;

    /// <summary>
    /// How long the requests of an endpoint share one token; three windows that leave work behind bring suspicion, so a leak
    /// is named within four. 4 seconds to 1 hour.
    /// </summary>
    /// <value>The default is 1 minute.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When the pending work of the process is captured, to name what leaks.</summary>
    /// <value>The default is <see cref="CaptureMode.Auto"/>: on suspicion, and when the page is asked for.</value>
    public CaptureMode Capture { get; set; } = CaptureMode.Auto;
}
