namespace Herz.Resilience.PendingWork;

/// <summary>How a profile was read.</summary>
public enum CaptureWay
{
    /// <summary>Not at all: no way could be trusted here; <see cref="PendingWorkProfile.Refusals"/> says why.</summary>
    None,

    /// <summary>The heap was read through the process's own memory file while the process ran on.</summary>
    OwnWalk,

    /// <summary>The heap was read from a copy-on-write snapshot of the process: consistent also amid garbage collections.</summary>
    ForkSnapshot,

    /// <summary>
    /// The runtime's own event pipe told all objects and their references, with the process stopped meanwhile. Field values are
    /// not among it: no origins, no threads, no periods of timers.
    /// </summary>
    EventPipe,
}
