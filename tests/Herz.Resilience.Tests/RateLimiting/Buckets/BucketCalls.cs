using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

/// <summary>Shortcuts to call the pure core and the table with few arguments.</summary>
internal static class BucketCalls
{
    public static bool TryTake(ref long full, long now, long permits, in BucketRate rate, out long wait, long maxWait = 0)
    {
        var granted = TokenBucket.TryAdvance(full, now, permits, rate, maxWait, out var next, out wait);
        full = granted ? next : full;
        return granted;
    }

    public static bool TryTake(this PartitionTable table, ulong key, long now, long permits, in BucketRate rate) =>
        table.TryTake(key, now, permits, rate, 0, out _, out _);
}
