namespace Herz.Resilience.PendingWork;

/// <summary>One operation that has begun and not ended.</summary>
public readonly record struct PendingOperation
{
    /// <summary>Describes an operation.</summary>
    /// <param name="kind">What it is made of.</param>
    /// <param name="stack">Its method, and who awaits it.</param>
    /// <param name="awaits">What it waits for; empty where it waits for nothing.</param>
    /// <param name="state">Why it has not ended.</param>
    /// <param name="origin">Where it came from; null where it holds no origin token.</param>
    /// <param name="isInnermost">Whether no other pending operation of its own call stack stands before it.</param>
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

    /// <summary>What it is made of.</summary>
    public PendingKind Kind { get; }

    /// <summary>Its method, and who awaits it.</summary>
    public PendingStackTrace Stack { get; }

    /// <summary>Its method.</summary>
    public string Method => Stack.Method;

    /// <summary>What it waits for, as its author would say it: <c>Channel&lt;Order&gt; read</c>, <c>Task.Delay</c>, or a method.</summary>
    public string Awaits { get; }

    /// <summary>Why it has not ended.</summary>
    public PendingState State { get; }

    /// <summary>Where it came from; null where it holds no origin token.</summary>
    public PendingOrigin? Origin { get; }

    /// <summary>
    /// Whether it stands at the inner end of its call stack. A chain of three methods that await one another is three
    /// operations and one innermost.
    /// </summary>
    public bool IsInnermost { get; }
}
