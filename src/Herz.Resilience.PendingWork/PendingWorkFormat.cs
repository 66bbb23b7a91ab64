namespace Herz.Resilience.PendingWork;

/// <summary>The text forms of a profile.</summary>
public enum PendingWorkFormat
{
    /// <summary>Counts by call stack, the largest first; what <c>debug=1</c> is to Go's profile.</summary>
    Counts,

    /// <summary>Each operation with its stack; what <c>debug=2</c> is to Go's profile.</summary>
    Operations,

    /// <summary>One JSON object with the counts by method, by origin and by stack.</summary>
    Json,

    /// <summary>One line a stack, <c>outer;inner;awaited count</c>: the input of flame graph tools.</summary>
    Collapsed,
}
