namespace Herz.Resilience.PendingWork;

/// <summary>The method by which a profile was captured.</summary>
public enum CaptureMethod
{
    /// <summary>None: no capture method gave a reliable result. <see cref="PendingWorkProfile.Refusals"/> holds the reasons.</summary>
    None,

    /// <summary>The heap was read through the memory file of the process while the process kept running.</summary>
    OwnWalk,

    /// <summary>The heap was read from a copy-on-write snapshot of the process, which is consistent even during garbage collections.</summary>
    ForkSnapshot,

    /// <summary>
    /// The event pipe of the runtime reported all objects and their references while the process was stopped. It reports no field
    /// values, so there are no origins, threads or timer periods.
    /// </summary>
    EventPipe,
}
