using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The result of one attempt: operations, or the reason for the failure.</summary>
internal readonly record struct CaptureAttempt
{
    private CaptureAttempt(IReadOnlyList<PendingOperation>? operations, IReadOnlyList<string> notes, IReadOnlyList<HeapTypeCount> types, string? reason, bool isTransient)
    {
        Operations = operations;
        Notes = notes;
        Types = types;
        Reason = reason;
        IsTransient = isTransient;
    }

    public IReadOnlyList<PendingOperation>? Operations { get; }

    public IReadOnlyList<string> Notes { get; }

    public IReadOnlyList<HeapTypeCount> Types { get; }

    public string? Reason { get; }

    /// <summary>Whether a retry of the attempt may succeed.</summary>
    public bool IsTransient { get; }

    public static CaptureAttempt Done(IReadOnlyList<PendingOperation> operations, IReadOnlyList<string> notes, IReadOnlyList<HeapTypeCount>? types = null) =>
        new(operations, notes, types ?? [], null, false);

    public static CaptureAttempt Refused(string reason) => new(null, [], [], reason, false);

    public static CaptureAttempt Stopped(WalkStop stop) => new(null, [], [], stop.Reason, stop.IsTransient);

    public static CaptureAttempt Disturbed(string reason) => new(null, [], [], reason, true);
}
