namespace Herz.Resilience.PendingWork;

/// <summary>The text formats of a profile.</summary>
public enum PendingWorkFormat
{
    /// <summary>Counts by call stack, the largest first; like <c>debug=1</c> of Go's profile.</summary>
    Counts,

    /// <summary>Each operation with its stack; like <c>debug=2</c> of Go's profile.</summary>
    Operations,

    /// <summary>One JSON object with the counts by method, by origin and by stack.</summary>
    Json,

    /// <summary>One line per stack, <c>outer;inner;awaited count</c>: the input of flame graph tools.</summary>
    Collapsed,
}
