using System.Threading.RateLimiting;
using Herz.Resilience.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting;

public sealed class TokenBucketLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void AttemptAcquire_PastTheBurst_ReturnsTheExactRetryAfter()
    {
        using var limiter = new TokenBucketLimiter(4, 2, _time);
        Assert.True(limiter.AttemptAcquire(2).IsAcquired);

        using var refused = limiter.AttemptAcquire();

        Assert.False(refused.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(250), retryAfter);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(limiter.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public async Task AcquireAsync_OfNoPermits_TakesNone()
    {
        using var limiter = new TokenBucketLimiter(1, 1, _time);

        Assert.True((await limiter.AcquireAsync(0)).IsAcquired);
        Assert.True((await limiter.AcquireAsync(1)).IsAcquired);
        Assert.False((await limiter.AcquireAsync(0)).IsAcquired);
    }

    [Fact]
    public void GetStatistics_CountsGrantsAndFailures()
    {
        using var limiter = new TokenBucketLimiter(1, 3, _time);
        limiter.AttemptAcquire(2);
        limiter.AttemptAcquire(2);

        var statistics = limiter.GetStatistics()!;

        Assert.Equal((1, 1, 1), (statistics.CurrentAvailablePermits, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
        Assert.Null(limiter.IdleDuration);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(3), limiter.IdleDuration);
    }

    [Fact]
    public async Task PartitionedRateLimiter_AcceptsIt()
    {
        await using var limiter = PartitionedRateLimiter.Create<string, string>(
            name => RateLimitPartition.Get(name, _ => new TokenBucketLimiter(1, 1, _time)));

        Assert.True(limiter.AttemptAcquire("a").IsAcquired);
        Assert.False(limiter.AttemptAcquire("a").IsAcquired);
        Assert.True(limiter.AttemptAcquire("b").IsAcquired);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, 0)]
    [InlineData(1, -4)]
    [InlineData(1e9, 1)]
    public void Constructor_WithInvalidValues_ThrowsWithTheValidRange(double rate, int burst) =>
        Assert.Contains("00,000 permits", Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucketLimiter(rate, burst)).Message);

    [Fact]
    public void AttemptAcquire_OfANegativeNumber_Throws()
    {
        using var limiter = new TokenBucketLimiter(1, 2, _time);

        Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(-1));
    }

    [Fact]
    public void AttemptAcquire_OfMoreThanTheBurst_Throws()
    {
        using var limiter = new TokenBucketLimiter(1, 2, _time);
        Assert.Contains("burst of the bucket, 2.", Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(3)).Message);
    }

    [Fact]
    public void Constructor_WithABurstThatRefillsTooSlowly_Throws() =>
        Assert.Contains("365 days", Assert.Throws<ArgumentOutOfRangeException>(() => new TokenBucketLimiter(1e-6, 100)).Message);

    [Fact]
    public void AttemptAcquire_FromManyThreads_GrantsTheBurstAndCountsItExactly()
    {
        using var limiter = new TokenBucketLimiter(1, 10_007, _time);
        var granted = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var index = 0; index < 5000; index++)
            {
                if (limiter.AttemptAcquire().IsAcquired)
                {
                    Interlocked.Increment(ref granted);
                }
            }
        });

        var statistics = limiter.GetStatistics()!;
        Assert.Equal((10_007, 10_007, 9_993), (granted, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
    }

    [Fact]
    public void AttemptAcquire_ThatIsGranted_AllocatesNothing()
    {
        using var limiter = new TokenBucketLimiter(1, 1_000_000, TimeProvider.System);

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var index = 0; index < 1000; index++)
            {
                using var lease = limiter.AttemptAcquire();
                Assert.True(lease.IsAcquired);
            }
        }));
    }
}
