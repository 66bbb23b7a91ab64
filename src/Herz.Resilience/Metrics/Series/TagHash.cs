using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Herz.Resilience.Metrics.Series;

/// <summary>
/// A seeded hash of the values of a tag set; each step folds 16 bytes by multiplication.
/// Source: the mixing step of wyhash (Wang Yi, "wyhash and wyrand").
/// </summary>
/// <remarks>
/// <see cref="string.GetHashCode()"/> costs more than the rest of a measurement. Keys are not hashed: the instruments of one meter use the
/// same few keys, and equality compares them anyway.
/// </remarks>
internal static class TagHash
{
    private const ulong A = 0xa0761d6478bd642f;
    private const ulong B = 0xe7037ed1a0b428db;

    public static int Of(ulong seed, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = seed;
        for (var i = 0; i < tags.Length; i++)
        {
            hash = tags[i].Value is string text
                ? OfText(hash, MemoryMarshal.AsBytes(text.AsSpan()))
                : Mix(hash ^ A, (ulong)(tags[i].Value?.GetHashCode() ?? 0) ^ B);
        }

        return (int)(hash ^ (hash >> 32));
    }

    private static ulong OfText(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash ^= (ulong)bytes.Length;
        while (bytes.Length > 16)
        {
            hash = Mix(Read(bytes) ^ A, Read(bytes[8..]) ^ hash);
            bytes = bytes[16..];
        }

        // The last step reads two overlapping words, so that no length needs a loop for the remaining bytes.
        return bytes.Length >= 8
            ? Mix(Read(bytes) ^ A, Read(bytes[^8..]) ^ hash)
            : Mix(ReadShort(bytes) ^ A, B ^ hash);
    }

    private static ulong ReadShort(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        >= 4 => MemoryMarshal.Read<uint>(bytes) | ((ulong)MemoryMarshal.Read<uint>(bytes[^4..]) << 32),
        >= 2 => MemoryMarshal.Read<ushort>(bytes),
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ulong>(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
