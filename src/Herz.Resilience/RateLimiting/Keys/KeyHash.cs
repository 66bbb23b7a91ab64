using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>
/// SipHash (Aumasson and Bernstein, 2012) with a random key per instance: clients cannot make keys collide, and a stored
/// hash does not reveal the user or API key. 64 bits are enough: the probability that any two of 100,000 keys collide is
/// 3 in 10,000,000,000.
/// </summary>
internal sealed class KeyHash
{
    private readonly ulong _k0;
    private readonly ulong _k1;

    public KeyHash()
        : this(RandomNumberGenerator.GetBytes(16))
    {
    }

    /// <param name="seed">16 bytes.</param>
    public KeyHash(ReadOnlySpan<byte> seed)
    {
        _k0 = MemoryMarshal.Read<ulong>(seed);
        _k1 = MemoryMarshal.Read<ulong>(seed[8..]);
    }

    /// <summary>
    /// SipHash-1-3 of one number, as hash tables use it: the number need not stay secret.
    /// </summary>
    /// <param name="number">An address.</param>
    /// <param name="kind">Separates the numbers of this kind from those of other kinds, and from texts.</param>
    public ulong Of(ulong number, ulong kind)
    {
        var state = new State(_k0 ^ kind, _k1);
        state.AbsorbOnce(number);
        return state.FinishShort();
    }

    /// <summary>SipHash-2-4 of a text.</summary>
    public ulong Of(string text) => Of(MemoryMarshal.AsBytes(text.AsSpan()));

    public ulong Of(ReadOnlySpan<byte> bytes)
    {
        var state = new State(_k0, _k1);
        var rest = bytes;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            state.Absorb(MemoryMarshal.Read<ulong>(rest));
        }

        var last = (ulong)bytes.Length << 56;
        for (var index = 0; index < rest.Length; index++)
        {
            last |= (ulong)rest[index] << (8 * index);
        }

        state.Absorb(last);
        return state.Finish();
    }

    private struct State(ulong k0, ulong k1)
    {
        private ulong _v0 = k0 ^ 0x736f6d6570736575;
        private ulong _v1 = k1 ^ 0x646f72616e646f6d;
        private ulong _v2 = k0 ^ 0x6c7967656e657261;
        private ulong _v3 = k1 ^ 0x7465646279746573;

        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public void AbsorbOnce(ulong word)
        {
            _v3 ^= word;
            Round();
            _v0 ^= word;
        }

        public ulong FinishShort()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        public ulong Finish()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v2 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v1;
            _v0 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
