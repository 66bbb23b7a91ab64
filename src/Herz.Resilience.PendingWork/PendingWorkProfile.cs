using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.Text;

namespace Herz.Resilience.PendingWork;

/// <summary>
/// Every async operation of this process that has started and not ended: a goroutine profile for .NET.
/// </summary>
public sealed class PendingWorkProfile
{
    private IReadOnlyList<PendingGroup>? _byMethod;
    private IReadOnlyList<PendingGroup>? _byOrigin;
    private IReadOnlyList<PendingGroup>? _byStack;

    /// <summary>Creates a profile of given operations, for tests and for profiles from other sources.</summary>
    /// <param name="capturedAt">The time of the capture.</param>
    /// <param name="operations">The operations.</param>
    public PendingWorkProfile(DateTimeOffset capturedAt, IReadOnlyList<PendingOperation> operations)
        : this(capturedAt, operations, CaptureMethod.None, [], [], [], default)
    {
    }

    internal PendingWorkProfile(
        DateTimeOffset capturedAt,
        IReadOnlyList<PendingOperation> operations,
        CaptureMethod method,
        IReadOnlyList<CaptureRefusal> refusals,
        IReadOnlyList<string> notes,
        IReadOnlyList<HeapTypeCount> heapByType,
        TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(operations);
        CapturedAt = capturedAt;
        Operations = operations;
        Method = method;
        Refusals = refusals;
        Notes = notes;
        HeapByType = heapByType;
        Duration = duration;
        Count = operations.Count;
    }

    // Copies the counts without the operations.
    private PendingWorkProfile(PendingWorkProfile whole)
        : this(whole.CapturedAt, [], whole.Method, whole.Refusals, whole.Notes, whole.HeapByType, whole.Duration)
    {
        Count = whole.Count;
        Options = whole.Options;
        _byMethod = whole.ByMethod();
        _byOrigin = whole.ByOrigin();
        _byStack = whole.ByStack();
    }

    /// <summary>The time of the capture.</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>The duration of the capture.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The capture method; <see cref="CaptureMethod.None"/> if this process cannot be read.</summary>
    public CaptureMethod Method { get; }

    /// <summary>The options of the capture; null if the profile was not captured.</summary>
    internal PendingWorkOptions? Options { get; init; }

    /// <summary>The capture methods that gave no reliable result before, with the reasons.</summary>
    public IReadOnlyList<CaptureRefusal> Refusals { get; }

    /// <summary>Notes on the data that the profile leaves out; empty if it is complete.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The objects on the heap by type, ordered by descending bytes; empty unless <see cref="PendingWorkOptions.HeapByType"/> is true.</summary>
    public IReadOnlyList<HeapTypeCount> HeapByType { get; }

    /// <summary>All operations; empty in a summary.</summary>
    public IReadOnlyList<PendingOperation> Operations { get; }

    /// <summary>The number of operations.</summary>
    public int Count { get; }

    /// <summary>
    /// Captures the pending operations of this process. Concurrent callers with the same options share one capture.
    /// If the process cannot be read, no exception is thrown: the profile is empty and <see cref="Refusals"/> holds the reasons.
    /// </summary>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentNullException">The origins are null or contain null.</exception>
    public static PendingWorkProfile Capture(PendingWorkOptions? options = null) =>
        CaptureGate.ThisProcess.Capture(options ?? PendingWorkOptions.Default);

    /// <summary>Counts by method and awaited call. Each method of a chain counts.</summary>
    public IReadOnlyList<PendingGroup> ByMethod() => _byMethod ??= PendingGrouping.ByMethod(Operations);

    /// <summary>Counts like <see cref="ByMethod"/>, and by the origin of the operations.</summary>
    public IReadOnlyList<PendingGroup> ByOrigin() => _byOrigin ??= PendingGrouping.ByOrigin(Operations);

    /// <summary>Counts by async call stack. Each chain counts once.</summary>
    public IReadOnlyList<PendingGroup> ByStack() => _byStack ??= PendingGrouping.ByStack(Operations);

    /// <summary>Returns the same counts without the operations. A history keeps them to compare later captures.</summary>
    public PendingWorkProfile Summarize() => new(this);

    /// <summary>Returns the changes since <paramref name="earlier"/>.</summary>
    public PendingWorkDifference Since(PendingWorkProfile earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new PendingWorkDifference(earlier, this);
    }

    /// <summary>Writes the profile as text.</summary>
    /// <param name="writer">The target.</param>
    /// <param name="format">The format.</param>
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
                throw new ArgumentOutOfRangeException(nameof(format), format, "The format must be Counts, Operations, Json or Collapsed.");
        }
    }

    /// <summary>Returns the profile as text.</summary>
    /// <param name="format">The format.</param>
    public string ToString(PendingWorkFormat format)
    {
        using var writer = new StringWriter();
        WriteTo(writer, format);
        return writer.ToString();
    }

    /// <summary>Returns the counts by call stack.</summary>
    public override string ToString() => ToString(PendingWorkFormat.Counts);
}
