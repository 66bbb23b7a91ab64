namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// A histogram of call times that forgets: 64 buckets, each a fifth wider than the one before, from 0.1 ms to over 10 s. After 1,000
/// calls all counts are halved, so that the percentile follows the dependency. The error of a percentile is at most a fifth.
/// </summary>
internal sealed class Latencies
{
    private const int Count = 64;
    private const int HalveAt = 1_000;
    private const int Enough = 40;
    private const double First = 0.0001;
    private const double Growth = 1.2;

    private static readonly double s_logGrowth = Math.Log(Growth);

    private readonly int[] _buckets = new int[Count];
    private int _total;

    /// <summary>Records one time in seconds.</summary>
    public void Record(double seconds)
    {
        var bucket = seconds <= First ? 0 : Math.Min(Count - 1, (int)(Math.Log(seconds / First) / s_logGrowth) + 1);
        Interlocked.Increment(ref _buckets[bucket]);
        if (Interlocked.Increment(ref _total) == HalveAt)
        {
            Halve();
        }
    }

    /// <summary>The upper end of the bucket of a percentile; null until 40 calls are recorded.</summary>
    /// <param name="share">Such as 0.95.</param>
    public TimeSpan? Percentile(double share)
    {
        var total = 0;
        foreach (var count in _buckets)
        {
            total += count;
        }

        if (total < Enough)
        {
            return null;
        }

        var rank = (int)Math.Ceiling(share * total);
        var bucket = 0;
        for (var seen = _buckets[0]; seen < rank && bucket < Count - 1; seen += _buckets[bucket])
        {
            bucket++;
        }

        return TimeSpan.FromSeconds(First * Math.Pow(Growth, bucket));
    }

    // A time that is recorded meanwhile may be halved too or not: it is one of a thousand.
    private void Halve()
    {
        var total = 0;
        foreach (ref var count in _buckets.AsSpan())
        {
            var half = Volatile.Read(ref count) / 2;
            Interlocked.Add(ref count, -half);
            total += half;
        }

        Interlocked.Add(ref _total, -total);
    }
}
