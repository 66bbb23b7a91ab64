using CsCheck;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

public sealed class TokenBucketTests
{
    private const double UnitsPerSecond = 1_000_000;

    [Fact]
    public void TryAdvance_OverAnySchedule_GrantsNeitherMoreNorLessThanAnExactBucket() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[1, 50], Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 5]).Array[1, 300]).Sample((perSecond, burst, steps) =>
        {
            // Rates that divide the unit are exact, so the model can be compared for each permit.
            var interval = (long)UnitsPerSecond / perSecond;
            var rate = new BucketRate(interval, interval * burst);
            long full = 0, now = 0, level = burst * interval;
            foreach (var (pause, permits) in steps)
            {
                now += pause;
                level = Math.Min(burst * interval, level + pause);
                var isDue = level >= permits * interval;
                Assert.Equal(isDue, BucketCalls.TryTake(ref full, now, permits, rate, out var wait));
                if (isDue)
                {
                    level -= permits * interval;
                }
                else
                {
                    Assert.Equal((permits * interval) - level, wait);
                }

                Assert.Equal(level / interval, TokenBucket.Level(full, now, rate));
            }
        });

    [Fact]
    public void TryAdvance_OverAnyRate_NeverGrantsMoreThanBurstPlusRateTimesTimeAndNoLess() =>
        Gen.Select(Gen.Double[0.01, 100_000], Gen.Int[1, 100], Gen.Select(Gen.Double[0, 3], Gen.Int[1, 3]).Array[1, 500]).Sample((perSecond, burst, steps) =>
        {
            const double unitsPerSecond = 1.6e10;

            // The interval is rounded down to a whole unit, so permits are never late, and early only by this rounding.
            var fastest = unitsPerSecond / Math.Floor(unitsPerSecond / perSecond);
            Assert.True(fastest <= perSecond * (1 + 1e-5));
            var rate = BucketRate.Of(perSecond, burst, unitsPerSecond);
            long full = 0, now = 0, granted = 0;
            double level = burst;
            foreach (var (pause, permits) in steps)
            {
                // Pauses of up to 3 times the refill time of one permit.
                var units = (long)(pause * unitsPerSecond / perSecond);
                now += units;
                level = Math.Min(burst, level + (units / unitsPerSecond * perSecond));
                if (BucketCalls.TryTake(ref full, now, permits, rate, out _))
                {
                    granted += permits;
                    level -= permits;
                    Assert.True(granted <= burst + (fastest * now / unitsPerSecond) + 1e-6);
                }
                else
                {
                    // Rounding loses at most 1/100,000 of each permit.
                    Assert.True(permits > burst || level < permits + (granted * 1e-5) + 1e-6);
                }
            }
        });

    [Fact]
    public void TryAdvance_WithAMaxWait_ReservesFuturePermitsInOrderOfArrival()
    {
        var rate = BucketRate.Of(10, 2, UnitsPerSecond);
        long full = 0;
        var waits = Enumerable.Range(0, 5).Select(_ => BucketCalls.TryTake(ref full, 0, 1, rate, out var wait, maxWait: 200_000) ? wait : -wait);

        Assert.Equal([0, 0, 100_000, 200_000, -300_000], waits);
    }

    [Fact]
    public void TryAdvance_AfterTheReturnedWait_IsGrantedAndNotBefore() =>
        Gen.Select(Gen.Double[0.1, 10_000], Gen.Int[1, 20]).Sample((perSecond, burst) =>
        {
            var rate = BucketRate.Of(perSecond, burst, UnitsPerSecond);
            long full = 0;
            while (BucketCalls.TryTake(ref full, 0, 1, rate, out _))
            {
            }

            Assert.False(BucketCalls.TryTake(ref full, 0, 1, rate, out var wait));
            Assert.False(BucketCalls.TryTake(ref full, wait - 1, 1, rate, out _));
            Assert.True(BucketCalls.TryTake(ref full, wait, 1, rate, out _));
        });

    [Fact]
    public void Refund_GivesPermitsBack()
    {
        var rate = BucketRate.Of(10, 3, UnitsPerSecond);
        long full = 0;
        Assert.True(BucketCalls.TryTake(ref full, 0, 3, rate, out _));

        TokenBucket.Refund(ref full, 0, 2, rate);

        Assert.Equal(2, TokenBucket.Level(full, 0, rate));
        Assert.False(BucketCalls.TryTake(ref full, 0, 3, rate, out _));
        Assert.True(BucketCalls.TryTake(ref full, 0, 2, rate, out _));
    }

    [Theory]
    [InlineData(10, 5, 10, 20, 3)]
    [InlineData(10, 20, 10, 2, 2)]
    [InlineData(10, 5, 1000, 5, 3)]
    [InlineData(10, 5, 0.1, 5, 3)]
    public void Convert_ToAnotherRate_KeepsTheLevelWithinTheNewBurst(double fromRate, int fromBurst, double toRate, int toBurst, int expected)
    {
        var from = BucketRate.Of(fromRate, fromBurst, UnitsPerSecond);
        var to = BucketRate.Of(toRate, toBurst, UnitsPerSecond);
        long full = 0;
        Assert.True(BucketCalls.TryTake(ref full, 1000, fromBurst - 3, from, out _));

        Assert.Equal(expected, TokenBucket.Level(TokenBucket.Convert(full, 1000, from, to), 1000, to));
    }
}
