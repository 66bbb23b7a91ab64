using System.Diagnostics;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Makes a graph of the events of a heap snapshot, as they come (ids as in the runtime's ClrEtwAll.man).</summary>
internal sealed class HeapEvents(HeapGraph graph, SnapshotTypes types, long deadline) : ITraceEvents
{
    private const int CollectionEnd = 2;
    private const int BulkType = 15;
    private const int BulkNode = 18;
    private const int BulkEdge = 19;

    private uint _nodeEvents;
    private uint _edgeEvents;

    /// <summary>Whether the collection that walked the heap was seen to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Why the events do not fit together; null where they do.</summary>
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
                // Its start need not come: a collector loaded beside the runtime is told too late that somebody listens.
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

    // Each kind of these events counts itself from 0. A collection of somebody else's that comes first walks the heap as
    // well: the one that was asked for is the last.
    private uint Begin(ref ByteReader reader, ref uint next)
    {
        if (Stopwatch.GetTimestamp() > deadline)
        {
            throw new UnreadableTraceException("gave up: the snapshot was not read in time");
        }

        var number = reader.UInt32();
        if (number == 0 && next != 0)
        {
            StartOver();
        }

        if (number != next)
        {
            Fault = $"the snapshot is incomplete: part {number} came where {next} belongs";
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
