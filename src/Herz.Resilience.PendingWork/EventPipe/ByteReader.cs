using System.Buffers.Binary;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Reads little-endian values from untrusted bytes.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Reads a number with seven bits per byte, the lowest first.</summary>
    public ulong Variable()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new UnreadableTraceException("the trace is damaged: a number has more than 10 bytes");
    }

    /// <summary>Reads zero-terminated UTF-16.</summary>
    public string Text()
    {
        for (var length = 0; length + 1 < _rest.Length; length += sizeof(char))
        {
            if (_rest[length] == 0 && _rest[length + 1] == 0)
            {
                var text = System.Text.Encoding.Unicode.GetString(_rest[..length]);
                _rest = _rest[(length + sizeof(char))..];
                return text;
            }
        }

        throw new UnreadableTraceException("the trace is damaged: a name has no terminator");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new UnreadableTraceException("the trace is damaged: an element is longer than its container");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
