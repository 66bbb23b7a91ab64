namespace Herz.Resilience.PendingWork;

/// <summary>An operation that has started and not ended.</summary>
public readonly record struct PendingOperation
{
    /// <summary>Creates the description of an operation.</summary>
    /// <param name="kind">The kind of the operation.</param>
    /// <param name="stack">Its method and the methods that await it.</param>
    /// <param name="awaits">The call or method that it waits for; empty if it does not wait.</param>
    /// <param name="state">The reason why it has not ended.</param>
    /// <param name="origin">Its origin; null if it has no origin token.</param>
    /// <param name="isInnermost">Whether it awaits no other pending operation of its call stack.</param>
    public PendingOperation(PendingKind kind, PendingStackTrace stack, string awaits, PendingState state, PendingOrigin? origin = null, bool isInnermost = true)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(awaits);
        Kind = kind;
        Stack = stack;
        Awaits = awaits;
        State = state;
        Origin = origin;
        IsInnermost = isInnermost;
    }

    /// <summary>The kind of the operation.</summary>
    public PendingKind Kind { get; }

    /// <summary>Its method and the methods that await it.</summary>
    public PendingStackTrace Stack { get; }

    /// <summary>Its method.</summary>
    public string Method => Stack.Method;

    /// <summary>The call or method that it waits for, as in the source code: <c>Channel&lt;Order&gt; read</c>, <c>Task.Delay</c>, or a method.</summary>
    public string Awaits { get; }

    /// <summary>The reason why it has not ended.</summary>
    public PendingState State { get; }

    /// <summary>Its origin; null if it has no origin token.</summary>
    public PendingOrigin? Origin { get; }

    /// <summary>
    /// Whether it is the innermost operation of its call stack. A chain of three methods that await one another has three
    /// operations, one of them innermost.
    /// </summary>
    public bool IsInnermost { get; }
}
