namespace Herz.Resilience.LeakWatchdog;

/// <summary>The watchdog that finds work that never ends: the section <c>Herz:LeakWatchdog</c>. In <c>Mode: Off</c> it samples nothing.</summary>
public sealed class LeakWatchdogOptions : ReportingOptions
{
    /// <summary>The time between two samples of the signals; 1 second to 1 hour.</summary>
    /// <value>The default is 15 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The number of samples kept and analyzed; 40 to 10,000. A trend needs at least 40 samples.</summary>
    /// <value>The default is 240: one hour at the default interval.</value>
    public int History { get; set; } = 240;

    /// <summary>
    /// The time during which the requests of an endpoint share one token; 4 seconds to 1 hour. Three windows that leave work behind
    /// raise a suspicion, so a leak is named within four windows.
    /// </summary>
    /// <value>The default is 1 minute.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When the pending work of the process is captured to name leaks.</summary>
    /// <value>The default is <see cref="CaptureMode.Auto"/>: on suspicion, and when the page is requested.</value>
    public CaptureMode Capture { get; set; } = CaptureMode.Auto;

    /// <summary>
    /// Whether captures on suspicion also read the stacks of blocked threads while a counter grows. Names code that blocks a thread for
    /// ever. The runtime resolves the addresses found on a stack without validating them, so this is not done unless wanted.
    /// </summary>
    /// <value>The default is false. The page reads them on request: <c>threads=true</c>.</value>
    public bool ReadThreads { get; set; }

    /// <summary>
    /// Names of instruments of the app that count its work, such as the messages of a queue: <c>MyApp.messages</c>. A process counter that
    /// grows with one of them is not suspected. Requests, background work and hosted services are counted without it. At most 20 names.
    /// </summary>
    /// <value>The default is no instrument.</value>
    public IList<string> LoadMeters { get; set; } = [];
}
