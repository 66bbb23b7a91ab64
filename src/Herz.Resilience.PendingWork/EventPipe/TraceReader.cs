using System.Text;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Reads a NetTrace version 4 trace block by block and forwards the runtime events
/// (https://github.com/microsoft/perfview/blob/main/src/TraceEvent/EventPipe/NetTraceFormat_v5.md).
/// </summary>
internal sealed class TraceReader(Stream stream, ITraceEvents events)
{
    private const int MaxBlock = 4 << 20;
    private const int MaxName = 64;
    private const int MinName = 1;
    private const int TraceSize = 48;
    private const int Alignment = 4;
    private const byte EndOfTrace = 1;
    private const byte BeginObject = 5;
    private const byte EndObject = 6;
    private const int LatestVersion = 5;

    private readonly EventBlockReader _blocks = new(events);
    private byte[] _block = new byte[64 * 1024];
    private long _position;

    /// <summary>The number of events that the runtime dropped because its buffer was full.</summary>
    public long Lost => _blocks.Sequence.Lost;

    /// <summary>Reads the trace to its end.</summary>
    /// <exception cref="UnreadableTraceException">The trace is truncated, damaged or of another format.</exception>
    public void Read()
    {
        if (!Take(8).SequenceEqual("Nettrace"u8) || !Take(24)[4..].SequenceEqual("!FastSerialization.1"u8))
        {
            throw new UnreadableTraceException("the runtime sent a trace in an unknown format; Nettrace with FastSerialization.1 is supported");
        }

        while (Byte() is var tag && tag != EndOfTrace)
        {
            Expect(tag, BeginObject);
            ReadObject();
            Expect(Byte(), EndObject);
        }
    }

    private void ReadObject()
    {
        Expect(Byte(), BeginObject);
        Expect(Byte(), EndOfTrace);
        var head = new ByteReader(Take(12));
        _ = head.Int32();
        var oldestReader = head.Int32();
        var length = head.Int32();
        if (length is < MinName or > MaxName)
        {
            throw new UnreadableTraceException($"the trace is damaged: the name of a block has {length} characters, not {MinName} to {MaxName}");
        }

        var name = Encoding.UTF8.GetString(Take(length));
        Expect(Byte(), EndObject);
        if (oldestReader > LatestVersion)
        {
            throw new UnreadableTraceException($"the runtime sent {name} version {oldestReader}; the highest supported version is {LatestVersion}");
        }

        if (name == "Trace")
        {
            ReadTrace();
            return;
        }

        var block = Block();
        switch (name)
        {
            case "EventBlock":
                _blocks.ReadEvents(block);
                break;
            case "MetadataBlock":
                _blocks.ReadMetadata(block);
                break;
            case "SPBlock":
                _blocks.ReadSequencePoint(block);
                break;
            default:
                break;
        }
    }

    private void ReadTrace()
    {
        var trace = new ByteReader(Take(TraceSize));
        _ = trace.Take(32);
        if (trace.Int32() != sizeof(ulong))
        {
            throw new UnreadableTraceException("the trace is not of a 64-bit process; only 64-bit processes are supported");
        }
    }

    private ReadOnlySpan<byte> Block()
    {
        var size = new ByteReader(Take(sizeof(int))).Int32();
        if (size is < 0 or > MaxBlock)
        {
            throw new UnreadableTraceException($"the trace is damaged: a block has {size} bytes, not 0 to {MaxBlock}");
        }

        Take((int)((Alignment - (_position % Alignment)) % Alignment));
        return Take(size);
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _block.Length)
        {
            _block = new byte[Math.Max(count, _block.Length * 2)];
        }

        var into = _block.AsSpan(0, count);
        if (stream.ReadAtLeast(into, count, throwOnEndOfStream: false) < count)
        {
            throw new UnreadableTraceException("the trace is truncated");
        }

        _position += count;
        return into;
    }

    private static void Expect(byte tag, byte wanted)
    {
        if (tag != wanted)
        {
            throw new UnreadableTraceException($"the trace is damaged: tag {tag} instead of {wanted}");
        }
    }
}
