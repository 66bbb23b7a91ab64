namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Reads the blocks of a trace: metadata, events and the event number of each thread.</summary>
internal sealed class EventBlockReader(ITraceEvents events)
{
    private const int MaxMetadata = 65_536;
    private const int HeaderSize = 20;
    private const int HeadersAreCompressed = 1;
    private const int OtherProvider = -1;
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    private readonly Dictionary<int, int> _eventIds = [];

    public EventSequence Sequence { get; } = new();

    public void ReadEvents(ReadOnlySpan<byte> block)
    {
        var reader = Begin(block);
        var header = default(EventHeader);
        while (reader.Remaining > 0)
        {
            header.Read(ref reader);
            var payload = reader.Take(header.PayloadSize);
            if (!_eventIds.TryGetValue(header.Metadata, out var id))
            {
                throw new UnreadableTraceException($"the trace is damaged: event kind {header.Metadata} has no metadata");
            }

            Sequence.OnEvent(header.CaptureThread, header.Sequence);
            if (id != OtherProvider)
            {
                events.OnRuntimeEvent(id, payload);
            }
        }
    }

    public void ReadMetadata(ReadOnlySpan<byte> block)
    {
        var reader = Begin(block);
        var header = default(EventHeader);
        while (reader.Remaining > 0)
        {
            header.Read(ref reader);
            var metadata = new ByteReader(reader.Take(header.PayloadSize));
            var number = metadata.Int32();
            var isRuntime = metadata.Text() == RuntimeProvider;
            var id = metadata.Int32();
            if (_eventIds.Count >= MaxMetadata)
            {
                throw new UnreadableTraceException($"the trace is damaged: it defines more than {MaxMetadata} kinds of events");
            }

            _eventIds[number] = isRuntime ? id : OtherProvider;
        }
    }

    public void ReadSequencePoint(ReadOnlySpan<byte> block)
    {
        var reader = new ByteReader(block);
        _ = reader.UInt64();
        for (var threads = reader.Int32(); threads > 0; threads--)
        {
            var thread = reader.UInt64();
            Sequence.OnSequencePoint(thread, reader.UInt32());
        }
    }

    private static ByteReader Begin(ReadOnlySpan<byte> block)
    {
        var reader = new ByteReader(block);
        var size = reader.UInt16();
        var flags = reader.UInt16();
        if ((flags & HeadersAreCompressed) == 0)
        {
            throw new UnreadableTraceException("the runtime sent events with uncompressed headers, which are not supported");
        }

        if (size < HeaderSize)
        {
            throw new UnreadableTraceException($"the trace is damaged: the header of a block is shorter than {HeaderSize} bytes");
        }

        _ = reader.Take(size - (2 * sizeof(ushort)));
        return reader;
    }
}
