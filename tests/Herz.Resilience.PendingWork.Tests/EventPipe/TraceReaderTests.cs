using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class TraceReaderTests
{
    [Fact]
    public void Read_WholeTrace_HandsOnTheRuntimesEventsInOrder()
    {
        var events = new Recorder();

        Assert.Equal(0, Read(SnapshotBytes.Trace(), events));
        Assert.Equal([1, 15, 18, 19, 18, 2], events.Ids);
    }

    [Fact]
    public void Read_TraceCutOffAnywhere_SaysSo()
    {
        var whole = SnapshotBytes.Trace();

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal("the trace is cut off", Refusal(whole[..length]));
        }
    }

    [Fact]
    public void Read_DamagedTrace_RefusesOrReadsButNeverThrowsOtherwise()
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
    public void Read_Garbage_Refuses()
    {
        var random = new Random(2);
        for (var i = 0; i < 5_000; i++)
        {
            var garbage = new byte[random.Next(200)];
            random.NextBytes(garbage);
            Assert.NotEmpty(Refusal([.. "Nettrace"u8, .. garbage]));
        }
    }

    [Theory]
    [InlineData(-1, "a block of -1 bytes")]
    [InlineData(int.MaxValue, "a block of 2147483647 bytes")]
    [InlineData((4 << 20) + 1, "a block of 4194305 bytes")]
    public void Read_BlockOfNoSensibleSize_RefusesBeforeAnyMemoryIsTaken(int size, string reason) =>
        Assert.Contains(reason, Refusal(new TraceBytes().Block("EventBlock", [], size).Ended()));

    [Fact]
    public void Read_OfWhatIsNotKnown_SaysWhat()
    {
        Assert.Contains("format that is not known", Refusal([.. "Nettrace"u8, .. new byte[24]]));
        Assert.Contains("64 bits", Refusal(new TraceBytes(pointerSize: 4).Ended()));
        Assert.Contains("EventBlock of version 6", Refusal(new TraceBytes().Block("EventBlock", [], oldestReader: 6).Ended()));
        Assert.Contains("headers are not compressed", Refusal(new TraceBytes().Block("EventBlock", TraceBytes.Header(flags: 0)).Ended()));
        Assert.Contains("nothing tells what its event 3 is", Refusal(new TraceBytes().Events(1, (3, 1, [])).Ended()));
    }

    [Fact]
    public void Read_EventsMissing_AreCounted()
    {
        var trace = new TraceBytes().Metadata(1, TraceBytes.RuntimeProvider, 1);
        trace.Events(7, (1, 1, []), (1, 5, [])).Events(8, (1, 3, []));

        Assert.Equal(3 + 2, Read(trace.Ended(), new Recorder()));
        Assert.Equal(3 + 2 + 4 + 6, Read(trace.SequencePoint((7, 9), (8, 3), (9, 6)).Ended(), new Recorder()));
    }

    [Fact]
    public void Read_ThreadNumberTakenOver_IsNoLoss()
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
            // What damage should lead to, unless it fell where nothing is read.
        }
    }

    private static long Read(byte[] trace, Recorder events)
    {
        var reader = new TraceReader(new MemoryStream(trace), events);
        reader.Read();
        return reader.Lost;
    }

    private static string Refusal(byte[] trace) => Assert.Throws<UnreadableTraceException>(() => { Read(trace, new Recorder()); }).Message;

    private sealed class Recorder : ITraceEvents
    {
        public List<int> Ids { get; } = [];

        public void OnRuntimeEvent(int id, ReadOnlySpan<byte> payload) => Ids.Add(id);
    }
}
