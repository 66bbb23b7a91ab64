using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.Text;

namespace Herz.Resilience.PendingWork;

/// <summary>
/// Every async operation of this process that has begun and not ended: the goroutine profile for .NET.
/// </summary>
public sealed class PendingWorkProfile
{
    private IReadOnlyList<PendingGroup>? _byMethod;
    private IReadOnlyList<PendingGroup>? _byOrigin;
    private IReadOnlyList<PendingGroup>? _byStack;

    /// <summary>Makes a profile of known operations: for tests, and for what reads a profile from elsewhere.</summary>
    /// <param name="capturedAt">When they were seen.</param>
    /// <param name="operations">The operations.</param>
    public PendingWorkProfile(DateTimeOffset capturedAt, IReadOnlyList<PendingOperation> operations)
        : this(capturedAt, operations, CaptureWay.None, [], [], [], default)
    {
    }

    internal PendingWorkProfile(
        DateTimeOffset capturedAt,
        IReadOnlyList<PendingOperation> operations,
        CaptureWay way,
        IReadOnlyList<CaptureRefusal> refusals,
        IReadOnlyList<string> notes,
        IReadOnlyList<HeapTypeCount> heapByType,
        TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(operations);
        CapturedAt = capturedAt;
        Operations = operations;
        Way = way;
        Refusals = refusals;
        Notes = notes;
        HeapByType = heapByType;
        Duration = duration;
        Count = operations.Count;
    }

    // The counts of another, without its operations.
    private PendingWorkProfile(PendingWorkProfile whole)
        : this(whole.CapturedAt, [], whole.Way, whole.Refusals, whole.Notes, whole.HeapByType, whole.Duration)
    {
        Count = whole.Count;
        Asked = whole.Asked;
        _byMethod = whole.ByMethod();
        _byOrigin = whole.ByOrigin();
        _byStack = whole.ByStack();
    }

    /// <summary>When it was captured.</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>How long the capture took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How it was read; <see cref="CaptureWay.None"/> where this process cannot be read.</summary>
    public CaptureWay Way { get; }

    /// <summary>What it was asked to read; null for one that was put together by hand.</summary>
    internal PendingWorkOptions? Asked { get; init; }

    /// <summary>The ways that were tried before and could not be trusted, and why.</summary>
    public IReadOnlyList<CaptureRefusal> Refusals { get; }

    /// <summary>What the profile leaves out, in words; empty where it is complete.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The objects on the heap by type, the most bytes first; empty unless <see cref="PendingWorkOptions.HeapByType"/> asked for it.</summary>
    public IReadOnlyList<HeapTypeCount> HeapByType { get; }

    /// <summary>Every operation; empty in a summary.</summary>
    public IReadOnlyList<PendingOperation> Operations { get; }

    /// <summary>The number of operations.</summary>
    public int Count { get; }

    /// <summary>
    /// Captures the pending operations of this process. Concurrent callers with the same options share one capture.
    /// Where the process cannot be read, the profile is empty and says why; nothing is thrown for it.
    /// </summary>
    /// <param name="options">What to read; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option has no meaning.</exception>
    /// <exception cref="ArgumentNullException">The origins are null, or one of them is.</exception>
    public static PendingWorkProfile Capture(PendingWorkOptions? options = null) =>
        CaptureGate.ThisProcess.Capture(options ?? PendingWorkOptions.Default);

    /// <summary>Counts by method and what it awaits; each method of a chain counts.</summary>
    public IReadOnlyList<PendingGroup> ByMethod() => _byMethod ??= PendingGrouping.ByMethod(Operations);

    /// <summary>As <see cref="ByMethod"/>, apart by the origin of the operations.</summary>
    public IReadOnlyList<PendingGroup> ByOrigin() => _byOrigin ??= PendingGrouping.ByOrigin(Operations);

    /// <summary>Counts by async call stack; each chain counts once.</summary>
    public IReadOnlyList<PendingGroup> ByStack() => _byStack ??= PendingGrouping.ByStack(Operations);

    /// <summary>The same counts without the single operations: what a history keeps, to compare later captures with.</summary>
    public PendingWorkProfile Summarize() => new(this);

    /// <summary>What changed since <paramref name="earlier"/>.</summary>
    public PendingWorkDifference Since(PendingWorkProfile earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new PendingWorkDifference(earlier, this);
    }

    /// <summary>Writes the profile as text.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="format">The form.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is unknown.</exception>
    public void WriteTo(TextWriter writer, PendingWorkFormat format)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (format)
        {
            case PendingWorkFormat.Counts:
                CountsText.Write(this, writer);
                break;
            case PendingWorkFormat.Operations:
                OperationsText.Write(this, writer);
                break;
            case PendingWorkFormat.Json:
                JsonText.Write(this, writer);
                break;
            case PendingWorkFormat.Collapsed:
                CollapsedText.Write(this, writer);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "The format is one of Counts, Operations, Json and Collapsed.");
        }
    }

    /// <summary>The profile as text.</summary>
    /// <param name="format">The form.</param>
    public string ToString(PendingWorkFormat format)
    {
        using var writer = new StringWriter();
        WriteTo(writer, format);
        return writer.ToString();
    }

    /// <summary>The counts by call stack.</summary>
    public override string ToString() => ToString(PendingWorkFormat.Counts);
}
