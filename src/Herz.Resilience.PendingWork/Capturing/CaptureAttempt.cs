namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>What came of one attempt: operations, or the reason why not.</summary>
internal readonly record struct CaptureAttempt
{
    private CaptureAttempt(IReadOnlyList<PendingOperation>? operations, IReadOnlyList<string> notes, IReadOnlyList<HeapTypeCount> types, string? reason, bool isFleeting)
    {
        Operations = operations;
        Notes = notes;
        Types = types;
        Reason = reason;
        IsFleeting = isFleeting;
    }

    public IReadOnlyList<PendingOperation>? Operations { get; }

    public IReadOnlyList<string> Notes { get; }

    public IReadOnlyList<HeapTypeCount> Types { get; }

    public string? Reason { get; }

    /// <summary>Whether the same attempt may succeed a moment later.</summary>
    public bool IsFleeting { get; }

    public static CaptureAttempt Done(IReadOnlyList<PendingOperation> operations, IReadOnlyList<string> notes, IReadOnlyList<HeapTypeCount>? types = null) =>
        new(operations, notes, types ?? [], null, false);

    public static CaptureAttempt Refused(string reason) => new(null, [], [], reason, false);

    public static CaptureAttempt Disturbed(string reason) => new(null, [], [], reason, true);
}
