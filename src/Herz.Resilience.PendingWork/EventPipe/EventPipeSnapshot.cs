using System.Globalization;
using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.Limits;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Gets a heap snapshot from the runtime through its diagnostics port. Needs no data access library and no knowledge of the
/// heap layout, but stops the process during the collection and the walk.
/// </summary>
internal sealed class EventPipeSnapshot(int? bufferMegabytes = null) : ICaptureMethod
{
    private IReadOnlyDictionary<ulong, SnapshotType> _knownTypes = new Dictionary<ulong, SnapshotType>();

    public CaptureMethod Method => CaptureMethod.EventPipe;

    public CaptureAttempt TryCapture(CaptureSession session)
    {
        var options = session.Options;
        var estimate = HeapEstimate.Now();
        if (options.LongestPause == TimeSpan.Zero || estimate.Pause > options.LongestPause)
        {
            return CaptureAttempt.Refused(string.Create(CultureInfo.InvariantCulture,
                $"it would stop the process for about {estimate.Pause.TotalMilliseconds:F0} ms, but LongestPause is {options.LongestPause.TotalMilliseconds:F0} ms"));
        }

        if (CollectionSafety.Obstacle(full: false) is { } obstacle)
        {
            return CaptureAttempt.Refused($"gave up: it would force a collection, and {obstacle}");
        }

        if (IsMemoryShort(estimate, session.Headroom.Read()))
        {
            return CaptureAttempt.Refused("gave up: memory is low, and the runtime buffers the whole snapshot");
        }

        try
        {
            using var known = new KnownWork();
            return TryCapture(bufferMegabytes ?? estimate.BufferMegabytes, options, session.Deadline);
        }
        catch (Exception e) when (e is DiagnosticsUnavailableException or UnreadableTraceException)
        {
            return CaptureAttempt.Refused(e.Message);
        }
        catch (IOException e)
        {
            return CaptureAttempt.Refused($"gave up: the trace was not read within {options.Timeout} ({e.Message})");
        }
    }

    private CaptureAttempt TryCapture(int bufferMegabytes, PendingWorkOptions options, long deadline)
    {
        using var graph = new HeapGraph();
        var snapshotTypes = new SnapshotTypes(_knownTypes);
        if (Read(bufferMegabytes, graph, snapshotTypes, deadline) is { } fault)
        {
            // Another collection before the requested one also walks the heap, and its events may mix with the snapshot.
            return CaptureAttempt.Disturbed(fault);
        }

        graph.Seal();
        if (snapshotTypes.Undescribed is var undescribed and > 0)
        {
            return CaptureAttempt.Refused($"{undescribed} types of the snapshot have no name: the runtime sent the names to another open trace");
        }

        var types = new NodeTypes(snapshotTypes);
        _knownTypes = types.Permanent();
        var completed = KnownWork.CompletedSentinel(graph, types);
        if (completed == 0)
        {
            return CaptureAttempt.Refused("a known completed task was not found in the snapshot: this framework version is not supported");
        }

        using var reading = new GraphReading(new GraphView(graph, types, completed), types, options);
        var (operations, known) = reading.Read();
        return KnownWork.IsIn(known)
            ? CaptureAttempt.Done(operations, Notes(options, reading.IsFull, types.Unresolved()), options.HeapByType ? types.Census() : [])
            : CaptureAttempt.Refused("known pending methods were not recognized in the snapshot: this framework version is not supported");
    }

    private static string? Read(int bufferMegabytes, HeapGraph graph, SnapshotTypes snapshotTypes, long deadline)
    {
        var events = new HeapEvents(graph, snapshotTypes, deadline);
        using var session = HeapSession.Start(bufferMegabytes, deadline);
        var trace = new TraceReader(session.Trace, events);
        trace.Read();
        if (trace.Lost > 0)
        {
            throw new UnreadableTraceException($"the snapshot is incomplete: it did not fit into {bufferMegabytes} MB");
        }

        return events.Fault ?? (events.IsWhole && graph.IsWhole ? null : "the snapshot is incomplete: the events of the collection that walks the heap are incomplete");
    }

    // The allocation fails here, and not in the runtime, if the process cannot map more memory.
    private static unsafe bool IsMemoryShort(HeapEstimate estimate, long headroom)
    {
        NativeMemory.Free(NativeMemory.Alloc((nuint)estimate.MemoryBytes));
        return headroom < estimate.MemoryBytes + HeadroomRule.Reserve;
    }

    private static List<string> Notes(PendingWorkOptions options, bool isFull, long unresolved)
    {
        var notes = new List<string>();
        if (isFull)
        {
            notes.Add($"only the first {options.MaxOperations} operations are listed (MaxOperations)");
        }

        if (unresolved > 0)
        {
            notes.Add($"{unresolved} async methods of collectible or dynamic assemblies are not listed; the number includes ended ones");
        }

        if (options.Origins.Count > 0)
        {
            notes.Add("origins are not listed: the event pipe reports no field values");
        }

        if (options.Threads)
        {
            notes.Add("threads are not listed: the event pipe reports no stacks");
        }

        if (options.IdlePromises)
        {
            notes.Add("idle promises are not listed: the event pipe cannot distinguish them from tasks that were created completed");
        }

        return notes;
    }
}
