using System.Threading.RateLimiting;

namespace Herz.Resilience.Benchmarks.RateLimiting;

/// <summary>The framework's limiters with settings like ours: limits too high to refuse a request.</summary>
internal static class FrameworkLimits
{
    public static TokenBucketRateLimiter Bucket() => new(Options);

    public static PartitionedRateLimiter<ulong> Partitions() => PartitionedRateLimiter.Create<ulong, ulong>(
        static key => RateLimitPartition.GetTokenBucketLimiter(key, static _ => Options));

    private static TokenBucketRateLimiterOptions Options => new()
    {
        TokenLimit = int.MaxValue,
        TokensPerPeriod = int.MaxValue,
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 0,
    };
}
