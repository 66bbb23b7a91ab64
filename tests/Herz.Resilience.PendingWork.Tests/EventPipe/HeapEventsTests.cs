using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public sealed class HeapEventsTests : IDisposable
{
    private readonly HeapGraph _graph = new();
    private readonly SnapshotTypes _types = new(new Dictionary<ulong, SnapshotType>());
    private readonly HeapEvents _events;

    public HeapEventsTests() => _events = new HeapEvents(_graph, _types, long.MaxValue);

    public void Dispose() => _graph.Dispose();

    [Fact]
    public void Read_WholeSnapshot_BuildsTheGraph()
    {
        new TraceReader(new MemoryStream(SnapshotBytes.Trace()), _events).Read();
        _graph.Seal();

        Assert.True(_events.IsWhole && _graph.IsWhole);
        Assert.Equal([0x2000, 0x3000], _graph.References(_graph.Find(0x1000)).ToArray());
        Assert.Empty(_graph.References(_graph.Find(0x3000)).ToArray());
        Assert.Equal(-1, _graph.Find(0x1008));
        Assert.Equal((0x500ul, 2, 64), (_types[0].Id, _types[0].Count, _types[0].Bytes));
        Assert.Equal(1, _types.Undescribed);
    }

    [Fact]
    public void Read_MissingEvent_IsAFault()
    {
        Send(SnapshotBytes.Nodes, SnapshotBytes.Node(0, (0x1000, 1, 0)));
        Send(SnapshotBytes.Nodes, SnapshotBytes.Node(2, (0x2000, 1, 0)));

        Assert.Contains("event 2 arrived instead of event 1", _events.Fault);
    }

    [Fact]
    public void Read_TwoSnapshots_KeepsTheSecond()
    {
        Send(SnapshotBytes.Start, []);
        Send(SnapshotBytes.Nodes, SnapshotBytes.Node(0, (0x1000, 1, 1)));
        Send(SnapshotBytes.Edges, SnapshotBytes.Edge(0, 0x1000));
        Send(SnapshotBytes.End, []);
        Assert.True(_events.IsWhole);
        Send(SnapshotBytes.Start, []);
        Send(SnapshotBytes.Edges, SnapshotBytes.Edge(0, 0x1000));
        Assert.False(_events.IsWhole);
        Send(SnapshotBytes.Nodes, SnapshotBytes.Node(0, (0x2000, 1, 1)));
        Send(SnapshotBytes.End, []);
        _graph.Seal();

        Assert.True(_events.Fault is null && _events.IsWhole && _graph.IsWhole);
        Assert.Equal((-1, 0, 1), (_graph.Find(0x1000), _graph.Find(0x2000), _types[0].Count));
        Assert.Equal([0x1000], _graph.References(0).ToArray());
    }

    [Fact]
    public void Read_MissingStartEvent_IsWhole()
    {
        Send(SnapshotBytes.Nodes, SnapshotBytes.Node(0, (0x1000, 1, 0)));
        Assert.False(_events.IsWhole);
        Send(SnapshotBytes.End, []);

        Assert.True(_events.IsWhole);
    }

    [Fact]
    public void Read_NoCollectionOrNoObjects_IsNotWhole()
    {
        Send(SnapshotBytes.Start, []);
        Send(SnapshotBytes.End, []);

        Assert.False(_events.IsWhole);
    }

    [Fact]
    public void Read_AfterTheDeadline_GivesUp() =>
        Assert.Contains("gave up", Assert.Throws<UnreadableTraceException>(() =>
            new HeapEvents(_graph, _types, deadline: 0).OnRuntimeEvent(SnapshotBytes.Nodes, SnapshotBytes.Node(0))).Message);

    [Fact]
    public void Read_MoreObjectsThanBytes_Throws()
    {
        byte[] payload = [0, 0, 0, 0, 255, 255, 255, 255, 0, 0];

        Assert.Throws<UnreadableTraceException>(() => _events.OnRuntimeEvent(SnapshotBytes.Nodes, payload));
        Assert.Throws<UnreadableTraceException>(() => _events.OnRuntimeEvent(SnapshotBytes.Types, [255, 255, 255, 255, 0, 0]));
    }

    [Fact]
    public void Read_TypesOfEarlierSnapshots_AreDescribed()
    {
        Send(SnapshotBytes.Types, SnapshotBytes.Type(0x500, "Orders.Order"));
        var later = new SnapshotTypes(_types.Described.ToDictionary());

        Assert.Equal(0, later.Number(0x500));
        Assert.Equal(0, later.Undescribed);
    }

    private void Send(int id, byte[] payload) => _events.OnRuntimeEvent(id, payload);
}
