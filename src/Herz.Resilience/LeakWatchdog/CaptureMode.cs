namespace Herz.Resilience.LeakWatchdog;

/// <summary>When the pending work of the process is captured.</summary>
public enum CaptureMode
{
    /// <summary>On suspicion, to name the leak, and when the page is requested.</summary>
    Auto,

    /// <summary>Only when the page is requested. Leaks are reported by endpoint only.</summary>
    OnDemand,

    /// <summary>Never.</summary>
    Off,
}
