namespace Herz.Resilience.LeakWatchdog;

/// <summary>When the pending work of the process is captured.</summary>
public enum CaptureMode
{
    /// <summary>On suspicion, to name the leak, and when somebody asks for the page.</summary>
    Auto,

    /// <summary>Only when somebody asks for the page; a suspicion names the endpoint alone.</summary>
    OnDemand,

    /// <summary>Never.</summary>
    Off,
}
