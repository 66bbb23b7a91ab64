using System.Numerics;

namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>
/// Approximate number of distinct values seen, and of those that failed: two sketches of 64 bits with linear counting
/// (Whang, Vander-Zanden and Taylor, <i>A linear-time probabilistic counting algorithm</i>, 1990). Allocates nothing. At about
/// 300 distinct values a sketch is full and means "many".
/// </summary>
internal struct Spread
{
    private const int Bits = 64;
    private const int Few = 2;

    private ulong _seen;
    private ulong _failing;

    public readonly double Seen => Count(_seen);

    public readonly double Failing => Count(_failing);

    /// <summary>Whether most of the values seen failed.</summary>
    public readonly bool IsMost => 2 * Failing > Seen;

    public void Add(int hash, bool failed)
    {
        var bit = 1UL << (int)((uint)hash * 2654435769U >> 26);
        _seen |= bit;
        if (failed)
        {
            _failing |= bit;
        }
    }

    public void Add(in Spread other)
    {
        _seen |= other._seen;
        _failing |= other._failing;
    }

    /// <summary>Whether the failed values are more than a share of the values seen, and more than one or two of many.</summary>
    public readonly bool IsAbove(double share) =>
        IsMost || (BitOperations.PopCount(_failing) > Few && Failing > share * Seen);

    private static double Count(ulong sketch)
    {
        var empty = Bits - BitOperations.PopCount(sketch);
        return Bits * Math.Log(Bits / Math.Max(empty, 0.5));
    }
}
