using System.Globalization;
using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Asks the runtime for a snapshot of its heap through its own diagnostics port. Needs no data access library and no known
/// layout of the heap, yet stops the process while it collects and walks.
/// </summary>
internal sealed class EventPipeSnapshot(int? bufferMegabytes = null) : ICaptureWay
{
    private IReadOnlyDictionary<ulong, SnapshotType> _told = new Dictionary<ulong, SnapshotType>();

    public CaptureWay Way => CaptureWay.EventPipe;

    public CaptureAttempt TryCapture(PendingWorkOptions options, long deadline)
    {
        var estimate = HeapEstimate.Now();
        if (options.LongestPause == TimeSpan.Zero || estimate.Pause > options.LongestPause)
        {
            return CaptureAttempt.Refused(string.Create(CultureInfo.InvariantCulture,
                $"it would stop the process for about {estimate.Pause.TotalMilliseconds:F0} ms, and LongestPause is {options.LongestPause.TotalMilliseconds:F0} ms"));
        }

        if (IsMemoryShort(estimate))
        {
            return CaptureAttempt.Refused("gave up: memory is short, and the runtime holds the whole snapshot until it is read");
        }

        try
        {
            using var known = new KnownWork();
            return TryCapture(bufferMegabytes ?? estimate.BufferMegabytes, options, deadline);
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
        var told = new SnapshotTypes(_told);
        if (Read(bufferMegabytes, graph, told, deadline) is { } fault)
        {
            // Collections of others that come before the one that was asked for walk the heap too, and may mix with it.
            return CaptureAttempt.Disturbed(fault);
        }

        graph.Seal();
        if (told.Untold is var untold and > 0)
        {
            return CaptureAttempt.Refused($"{untold} types of the snapshot are not named: another trace is open that was told their names");
        }

        var types = new NodeTypes(told);
        _told = types.Lasting();
        var completed = KnownWork.Completed(graph, types);
        if (completed == 0)
        {
            return CaptureAttempt.Refused("a completed task of our own was not found in the snapshot: this framework is not known");
        }

        using var reading = new GraphReading(new GraphView(graph, types, completed), types, options);
        var (operations, known) = reading.Read();
        return KnownWork.IsAmong(known)
            ? CaptureAttempt.Done(operations, Notes(options, reading.IsFull, types.Unresolved()), options.HeapByType ? types.Census() : [])
            : CaptureAttempt.Refused("methods of our own, of which it is known how they stand, were told otherwise: this framework is not known");
    }

    private static string? Read(int bufferMegabytes, HeapGraph graph, SnapshotTypes told, long deadline)
    {
        var events = new HeapEvents(graph, told, deadline);
        using var session = HeapSession.Start(bufferMegabytes, deadline);
        var trace = new TraceReader(session.Trace, events);
        trace.Read();
        if (trace.Lost > 0)
        {
            throw new UnreadableTraceException($"the snapshot is incomplete: it did not fit into {bufferMegabytes} MB");
        }

        return events.Fault ?? (events.IsWhole && graph.IsWhole ? null : "the snapshot is incomplete: the collection that walks the heap was not seen to its end");
    }

    // The runtime is not to be the one who finds out that no more can be mapped.
    private static unsafe bool IsMemoryShort(HeapEstimate estimate)
    {
        NativeMemory.Free(NativeMemory.Alloc((nuint)estimate.MemoryBytes));
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return memory.HighMemoryLoadThresholdBytes > 0 && memory.MemoryLoadBytes + estimate.MemoryBytes > memory.HighMemoryLoadThresholdBytes;
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
            notes.Add($"{unresolved} async methods, ended ones among them, are of assemblies that can be unloaded or were made at run time: they are not listed");
        }

        if (options.Origins.Count > 0)
        {
            notes.Add("origins are not told: the event pipe gives no field values");
        }

        if (options.Threads)
        {
            notes.Add("threads are not listed: the event pipe gives no stacks");
        }

        if (options.IdlePromises)
        {
            notes.Add("idle promises are not listed: the event pipe does not tell them from tasks that were born completed");
        }

        return notes;
    }
}
