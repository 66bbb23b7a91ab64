using System.Threading.RateLimiting;
using CsCheck;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.RateLimiting.Buckets;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

/// <summary>Permits are granted as soon as they refill, and no earlier.</summary>
public sealed class ExactRateTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(997)]
    [InlineData(30_000)]
    public void Acquire_ExactlyASecondAfterEachEmptying_GrantsASecondsPermits(int perSecond)
    {
        var time = new FakeTimeProvider();
        using var limiter = new TokenBucketLimiter(perSecond, perSecond, time);

        for (var second = 0; second < 100; second++)
        {
            Assert.True(limiter.AttemptAcquire(perSecond).IsAcquired);
            Assert.False(limiter.AttemptAcquire().IsAcquired);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Acquire_AsOftenAsPossible_GrantsTheRateAndAtMostOneInTenThousandMore() =>

        // From a burst of 2 on: between two steps of the rounded clock, a bucket for one permit may be full and gain nothing.
        Gen.Double[0.1, 100_000].Select(Gen.Int[2, 1000]).Sample(
            static sample =>
            {
                var (perSecond, burst) = sample;
                var time = new FakeTimeProvider();
                using var limiter = new TokenBucketLimiter(perSecond, burst, time);
                long granted = 0;
                for (var step = 0; step < 200; step++)
                {
                    while (limiter.AttemptAcquire().IsAcquired)
                    {
                        granted++;
                    }

                    time.Advance(TimeSpan.FromSeconds(burst / perSecond / 4));
                }

                var elapsed = 199 * TimeSpan.FromSeconds(burst / perSecond / 4).TotalSeconds;
                var due = burst + (perSecond * elapsed);
                Assert.InRange(granted, Math.Floor(due * (1 - 1e-6)) - 1, Math.Ceiling(due * (1 + 1.1e-4)));
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Limiter_ThatWasDisposed_ThrowsLikeTheFrameworks()
    {
        var limiter = new TokenBucketLimiter(1, 1);
        var framework = new TokenBucketRateLimiter(new() { TokenLimit = 1, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(1) });
        foreach (RateLimiter disposed in new RateLimiter[] { limiter, framework })
        {
            disposed.Dispose();
            disposed.Dispose();
            Assert.Throws<ObjectDisposedException>(() => disposed.AttemptAcquire());
            Assert.Throws<ObjectDisposedException>(() => disposed.AttemptAcquire(0));
            Assert.Throws<ObjectDisposedException>(() => { _ = disposed.AcquireAsync().AsTask(); });
            Assert.Throws<ObjectDisposedException>(() => disposed.GetStatistics());
        }
    }

    [Theory]
    [InlineData(10, 10_000, 1, "\"bucket\";r=9999;t=1000")]
    [InlineData(10, 10_000, 5_000, "\"bucket\";r=5000;t=500")]
    [InlineData(10, 10_000, 10_000, "\"bucket\";r=0;t=1")]
    [InlineData(0.1, 2, 2, "\"bucket\";r=0;t=10")]
    [InlineData(100, 200, 0, "\"bucket\";r=200;t=2")]
    public void LimitField_OfAnyLevel_LetsTheClientPaceItself(double perSecond, int burst, int taken, string field)
    {
        var time = new FakeTimeProvider();
        var clock = new BucketClock(time);
        var buckets = new LimitBuckets("bucket", perSecond, burst, 10, clock, former: null);
        if (taken > 0)
        {
            Assert.True(buckets.Table.TryTake(5, clock.At(time.GetTimestamp()), taken, buckets.Rate));
        }

        Assert.Equal(field, buckets.LimitField(5, time.GetTimestamp()));
    }
}
