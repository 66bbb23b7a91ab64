namespace Herz.Resilience.PendingWork;

/// <summary>Whether a garbage collection comes before a capture. Only what survived one is read, and garbage is not told from the living.</summary>
public enum PendingWorkSweep
{
    /// <summary>None: sees what survived the last collections, and garbage of the second generation that is still there.</summary>
    None,

    /// <summary>A blocking collection of the youngest generation: makes new work visible at the price of a short pause.</summary>
    Young,

    /// <summary>A background collection of all generations that is waited for, then a young one: close to the exact truth, at the price of two short pauses and of the processor time of a collection.</summary>
    Background,

    /// <summary>A blocking collection of all generations: the exact truth, at the price of its pause. For tests and diagnosis.</summary>
    Full,
}
