namespace Herz.Resilience.PendingWork;

/// <summary>The garbage collection before a capture. A capture reads only objects that survived a collection, and cannot distinguish garbage from live objects.</summary>
public enum PendingWorkSweep
{
    /// <summary>No collection: the capture sees survivors of earlier collections and garbage of generation 2.</summary>
    None,

    /// <summary>A blocking collection of the youngest generation: new work becomes visible. Costs a short pause.</summary>
    Young,

    /// <summary>A background collection of all generations, which the capture waits for, then a young collection: nearly exact. Costs two short pauses and the processor time of a collection.</summary>
    Background,

    /// <summary>A blocking collection of all generations: exact. Costs its pause. For tests and diagnosis.</summary>
    Full,
}
