using System.Buffers.Binary;
using System.Text;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

/// <summary>Writes valid and invalid traces.</summary>
internal sealed class TraceBytes
{
    public const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    private readonly List<byte> _bytes = [];

    public TraceBytes(int pointerSize = 8)
    {
        Raw("Nettrace"u8).Int(20).Raw("!FastSerialization.1"u8);
        Begin("Trace", 4);
        Raw(new byte[32]).Int(pointerSize).Raw(new byte[12]);
        End();
    }

    public byte[] Bytes => [.. _bytes];

    public byte[] Ended() => [.. _bytes, 1];

    /// <summary>Defines a kind of event.</summary>
    public TraceBytes Metadata(int number, string provider, int eventId)
    {
        byte[] payload = [.. Little(number), .. Utf16(provider), .. Little(eventId), .. Utf16(""), .. new byte[20]];
        return Block("MetadataBlock", [.. Header(), 0x80, 0, .. Variable((uint)payload.Length), .. payload]);
    }

    /// <summary>Adds a block of events of one thread with the given sequence numbers.</summary>
    public TraceBytes Events(ulong thread, params (int Metadata, uint Sequence, byte[] Payload)[] events)
    {
        var block = new List<byte>(Header());
        uint last = 0;
        foreach (var (metadata, sequence, payload) in events)
        {
            block.Add(0x80 | 1 | 2);
            block.AddRange([.. Variable((uint)metadata), .. Variable(sequence - last - 1), .. Variable(thread), 0, 7, .. Variable((uint)payload.Length), .. payload]);
            last = sequence;
        }

        return Block("EventBlock", [.. block]);
    }

    public TraceBytes SequencePoint(params (ulong Thread, uint Sequence)[] threads) =>
        Block("SPBlock", [.. new byte[8], .. Little(threads.Length), .. threads.SelectMany(static t => (byte[])[.. Little(t.Thread), .. Little((int)t.Sequence)])]);

    public TraceBytes Block(string name, byte[] content, int? size = null, int oldestReader = 2)
    {
        Begin(name, oldestReader);
        Int(size ?? content.Length);
        Raw(new byte[(4 - (_bytes.Count % 4)) % 4]);
        Raw(content);
        End();
        return this;
    }

    public static byte[] Little(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Little(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Utf16(string text) => Encoding.Unicode.GetBytes(text + '\0');

    public static byte[] Header(int flags = 1) => [20, 0, (byte)flags, 0, .. new byte[16]];

    private static byte[] Variable(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private void Begin(string name, int oldestReader) =>
        Raw([5, 5, 1]).Int(4).Int(oldestReader).Int(name.Length).Raw(Encoding.UTF8.GetBytes(name)).Raw([6]);

    private void End() => _bytes.Add(6);

    private TraceBytes Int(int value) => Raw(Little(value));

    private TraceBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
