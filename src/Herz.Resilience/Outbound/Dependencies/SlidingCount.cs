namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// Counts events of the last ten seconds, in ten slots of a second. An addition is one interlocked operation while the slot is current,
/// so it can be done for every call. The sum covers the running second and the nine before it.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class SlidingCount(long frequency)
{
    /// <summary>The length of the window in seconds.</summary>
    public const int Seconds = 10;

    private const int CountBits = 32;

    // The number of the second in the upper half, the count in the lower.
    private readonly long[] _slots = new long[Seconds];

    /// <summary>Adds events. A late addition with an older time counts in the newer second that has its slot.</summary>
    public void Add(long now, int count = 1)
    {
        var second = SecondOf(now);
        ref var slot = ref _slots[(int)((ulong)second % Seconds)];
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            if ((seen >> CountBits) >= second)
            {
                Interlocked.Add(ref slot, count);
                return;
            }

            if (Interlocked.CompareExchange(ref slot, (second << CountBits) + count, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>The events of the window that ends now.</summary>
    public long Sum(long now)
    {
        var second = SecondOf(now);
        long sum = 0;
        foreach (ref var slot in _slots.AsSpan())
        {
            var seen = Volatile.Read(ref slot);
            if ((seen >> CountBits) > second - Seconds)
            {
                sum += seen & uint.MaxValue;
            }
        }

        return sum;
    }

    // Never 0: an empty slot is older than every second.
    private long SecondOf(long now) => ((now / frequency) & int.MaxValue) + 1;
}
