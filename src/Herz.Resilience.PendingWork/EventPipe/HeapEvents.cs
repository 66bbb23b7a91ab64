using System.Diagnostics;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Builds a graph from the events of a heap snapshot (event ids: ClrEtwAll.man of the runtime).</summary>
internal sealed class HeapEvents(HeapGraph graph, SnapshotTypes types, long deadline) : ITraceEvents
{
    private const int CollectionEnd = 2;
    private const int BulkType = 15;
    private const int BulkNode = 18;
    private const int BulkEdge = 19;

    private uint _nodeEvents;
    private uint _edgeEvents;

    /// <summary>Whether all events of the collection that walked the heap arrived.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The reason why the events are inconsistent; null if they are consistent.</summary>
    public string? Fault { get; private set; }

    public void OnRuntimeEvent(int id, ReadOnlySpan<byte> payload)
    {
        if (Fault is not null)
        {
            return;
        }

        var reader = new ByteReader(payload);
        switch (id)
        {
            case CollectionEnd:
                // The start event may be missing: a standalone collector learns too late that a listener exists.
                IsWhole |= _nodeEvents > 0;
                break;
            case BulkType:
                types.Read(ref reader);
                break;
            case BulkNode:
                ReadNodes(ref reader);
                break;
            case BulkEdge:
                ReadEdges(ref reader);
                break;
            default:
                break;
        }
    }

    private void ReadNodes(ref ByteReader reader)
    {
        for (var count = Begin(ref reader, ref _nodeEvents); count > 0; count--)
        {
            var address = reader.UInt64();
            var size = reader.UInt64();
            var type = types.Number(reader.UInt64());
            types.Count(type, size);
            graph.Add(address, type, reader.UInt64(), types.IsKept(type));
        }
    }

    private void ReadEdges(ref ByteReader reader)
    {
        for (var count = Begin(ref reader, ref _edgeEvents); count > 0; count--)
        {
            graph.AddEdge(reader.UInt64());
            _ = reader.UInt32();
        }
    }

    // Each kind of event is numbered from 0. Another collection may walk the heap first; the requested one is the last.
    private uint Begin(ref ByteReader reader, ref uint next)
    {
        if (Stopwatch.GetTimestamp() > deadline)
        {
            throw new UnreadableTraceException("gave up: the snapshot was not read before the deadline");
        }

        var number = reader.UInt32();
        if (number == 0 && next != 0)
        {
            StartOver();
        }

        if (number != next)
        {
            Fault = $"the snapshot is incomplete: event {number} arrived instead of event {next}";
            return 0;
        }

        next++;
        var count = reader.UInt32();
        _ = reader.UInt16();
        return count;
    }

    private void StartOver()
    {
        graph.Clear();
        types.ForgetCounts();
        _nodeEvents = 0;
        _edgeEvents = 0;
        IsWhole = false;
    }
}
