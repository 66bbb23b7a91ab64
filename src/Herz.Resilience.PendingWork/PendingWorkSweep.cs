namespace Herz.Resilience.PendingWork;

/// <summary>
/// The garbage collection before a capture. A capture reads only objects that survived a collection, and cannot distinguish garbage from
/// live objects. In the latency modes <c>LowLatency</c> and <c>SustainedLowLatency</c> no collection is forced, and in a no-GC region nothing is captured.
/// </summary>
public enum PendingWorkSweep
{
    /// <summary>No collection: the capture sees survivors of earlier collections and garbage of generation 2.</summary>
    None,

    /// <summary>A blocking collection of the youngest generation: new work becomes visible. Costs a short pause.</summary>
    Young,

    /// <summary>A background collection of all generations, which the capture waits for, then a young collection: nearly exact. Costs two short pauses and the processor time of a collection. If that is more than 1.5 seconds (about 1.5 GB of heap), or more than a CPU limit allows, only the young collection is forced, and a note of the profile reports it.</summary>
    Background,

    /// <summary>A blocking collection of all generations: exact. Costs its pause. For tests and diagnosis.</summary>
    Full,
}
