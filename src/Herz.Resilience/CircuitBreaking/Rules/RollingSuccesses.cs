namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>Counts the successful requests of the last <paramref name="duration"/>, in ten slices. Not thread-safe.</summary>
/// <param name="duration">The duration in clock ticks.</param>
internal sealed class RollingSuccesses(long duration)
{
    private const int Slices = 10;

    private readonly long _slice = Math.Max(1, duration / Slices);
    private readonly (long Slice, int Count)[] _counts = new (long, int)[Slices];

    public long Duration => duration;

    public void Add(long now)
    {
        var slice = now / _slice;
        ref var count = ref _counts[(int)(slice % Slices)];
        if (count.Slice != slice)
        {
            count = (slice, 0);
        }

        count.Count++;
    }

    /// <summary>The counts within the duration, oldest first, each with its start time.</summary>
    public IEnumerable<(long Time, int Count)> Since(long now) => _counts
        .Where(count => count.Count > 0 && count.Slice > (now / _slice) - Slices)
        .OrderBy(static count => count.Slice)
        .Select(count => (count.Slice * _slice, count.Count));

    public void Clear() => Array.Clear(_counts);
}
