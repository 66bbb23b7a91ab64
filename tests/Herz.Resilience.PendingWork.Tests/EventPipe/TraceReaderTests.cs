using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class TraceReaderTests
{
    [Fact]
    public void Read_CompleteTrace_ForwardsTheRuntimeEventsInOrder()
    {
        var events = new Recorder();

        Assert.Equal(0, Read(SnapshotBytes.Trace(), events));
        Assert.Equal([1, 15, 18, 19, 18, 2], events.Ids);
    }

    [Fact]
    public void Read_TruncatedTrace_ReportsIt()
    {
        var whole = SnapshotBytes.Trace();

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal("the trace is truncated", ErrorOf(whole[..length]));
        }
    }

    [Fact]
    public void Read_DamagedTrace_ThrowsNoOtherException()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var trace = SnapshotBytes.Trace();
            for (var damages = random.Next(1, 9); damages > 0; damages--)
            {
                trace[random.Next(trace.Length)] = (byte)random.Next(256);
            }

            ReadAll(trace);
        }
    }

    [Fact]
    public void Read_Garbage_Throws()
    {
        var random = new Random(2);
        for (var i = 0; i < 5_000; i++)
        {
            var garbage = new byte[random.Next(200)];
            random.NextBytes(garbage);
            Assert.NotEmpty(ErrorOf([.. "Nettrace"u8, .. garbage]));
        }
    }

    [Theory]
    [InlineData(-1, "a block has -1 bytes")]
    [InlineData(int.MaxValue, "a block has 2147483647 bytes")]
    [InlineData((4 << 20) + 1, "a block has 4194305 bytes")]
    public void Read_BlockSizeOutOfRange_ThrowsBeforeAllocation(int size, string reason) =>
        Assert.Contains(reason, ErrorOf(new TraceBytes().Block("EventBlock", [], size).Ended()));

    [Fact]
    public void Read_UnsupportedContent_ReportsIt()
    {
        Assert.Contains("unknown format", ErrorOf([.. "Nettrace"u8, .. new byte[24]]));
        Assert.Contains("64-bit", ErrorOf(new TraceBytes(pointerSize: 4).Ended()));
        Assert.Contains("EventBlock version 6", ErrorOf(new TraceBytes().Block("EventBlock", [], oldestReader: 6).Ended()));
        Assert.Contains("uncompressed headers", ErrorOf(new TraceBytes().Block("EventBlock", TraceBytes.Header(flags: 0)).Ended()));
        Assert.Contains("event kind 3 has no metadata", ErrorOf(new TraceBytes().Events(1, (3, 1, [])).Ended()));
    }

    [Fact]
    public void Read_MissingEvents_AreCounted()
    {
        var trace = new TraceBytes().Metadata(1, TraceBytes.RuntimeProvider, 1);
        trace.Events(7, (1, 1, []), (1, 5, [])).Events(8, (1, 3, []));

        Assert.Equal(3 + 2, Read(trace.Ended(), new Recorder()));
        Assert.Equal(3 + 2 + 4 + 6, Read(trace.SequencePoint((7, 9), (8, 3), (9, 6)).Ended(), new Recorder()));
    }

    [Fact]
    public void Read_ReusedThreadId_CountsNoLoss()
    {
        var trace = new TraceBytes().Metadata(1, TraceBytes.RuntimeProvider, 1).Events(7, (1, 1, []), (1, 2, [])).Events(7, (1, 1, []), (1, 2, []));

        Assert.Equal(0, Read(trace.SequencePoint((7, 2)).Ended(), new Recorder()));
    }

    private static void ReadAll(byte[] trace)
    {
        using var graph = new HeapGraph();
        try
        {
            var types = new SnapshotTypes(new Dictionary<ulong, SnapshotType>());
            new TraceReader(new MemoryStream(trace), new HeapEvents(graph, types, long.MaxValue)).Read();
            graph.Seal();
        }
        catch (UnreadableTraceException)
        {
            // Expected, unless the damage is in unused bytes.
        }
    }

    private static long Read(byte[] trace, Recorder events)
    {
        var reader = new TraceReader(new MemoryStream(trace), events);
        reader.Read();
        return reader.Lost;
    }

    private static string ErrorOf(byte[] trace) => Assert.Throws<UnreadableTraceException>(() => { Read(trace, new Recorder()); }).Message;

    private sealed class Recorder : ITraceEvents
    {
        public List<int> Ids { get; } = [];

        public void OnRuntimeEvent(int id, ReadOnlySpan<byte> payload) => Ids.Add(id);
    }
}
