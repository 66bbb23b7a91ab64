using CsCheck;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

public sealed class BucketClockTests
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1000 * Millisecond;

    // No step, small steps, jumps of up to 100,000 s, and steps back of up to a day.
    private static readonly Gen<long> s_move = Gen.Frequency(
        (2, Gen.Const(0L)),
        (6, Gen.Long[2, 3000].Select(static value => value * Millisecond)),
        (1, Gen.Long[1, 100_000].Select(static value => value * Second)),
        (2, Gen.Long[-86_400, -1].Select(static value => value * Second)));

    [Fact]
    public void Limiter_OnAnErraticClock_GrantsPermitsForTheForwardTimeOnly() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 20], Gen.Select(s_move, Gen.Int[1, 3]).Array[1, 200]).Sample((perSecond, burst, steps) =>
        {
            var clock = new ManualClock { Nanoseconds = 5_000_000 * Second };
            using var limiter = new TokenBucketLimiter(perSecond, burst, clock);
            var interval = (Second + perSecond - 1) / perSecond;
            var level = burst * interval;
            foreach (var (move, permits) in steps)
            {
                clock.Nanoseconds += move;
                level = Math.Min(burst * interval, level + Math.Max(0, move));
                var cost = Math.Min(permits, burst);
                var isDue = level >= cost * interval;
                Assert.Equal(isDue, limiter.AttemptAcquire(cost).IsAcquired);
                level -= isDue ? cost * interval : 0;
            }
        });

    [Fact]
    public void At_WithTimestampsFromBeforeAStepBack_DoesNotJump()
    {
        var manual = new ManualClock { Nanoseconds = 100 * Second };
        var clock = new BucketClock(manual);
        var old = manual.Nanoseconds += 50 * Second;
        var before = clock.At(old);
        manual.Nanoseconds -= 40 * Second;

        Assert.Equal(before, clock.Now());
        Assert.Equal(before, clock.At(old));
        manual.Nanoseconds += Second;
        Assert.Equal(TimeSpan.FromSeconds(1), clock.ToTime(clock.At(old) - before));
    }

    [Fact]
    public void At_WithATimestampTakenLongAgo_IsTheTimeNow()
    {
        var manual = new ManualClock();
        var clock = new BucketClock(manual);
        manual.Nanoseconds = 30 * Second;

        Assert.Equal(TimeSpan.FromSeconds(30), clock.ToTime(clock.At(2 * Second)));
        Assert.Equal(TimeSpan.FromSeconds(30), clock.ToTime(clock.Now()));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue / 16)]
    public void Now_AfterAJump_NeverGoesBackAndContinues(long target)
    {
        var manual = new ManualClock { Nanoseconds = Second };
        var clock = new BucketClock(manual);
        manual.Nanoseconds = target;
        var after = clock.Now();

        Assert.InRange(clock.ToTime(after), TimeSpan.Zero, BucketClock.MaxJump);
        manual.Nanoseconds -= 5 * Second;
        Assert.Equal(after, clock.Now());
        manual.Nanoseconds += Second;
        Assert.Equal(TimeSpan.FromSeconds(1), clock.ToTime(clock.Now() - after));
    }

    [Fact]
    public void Now_WithinTheFirstMillisecond_IsExact()
    {
        var manual = new ManualClock();
        var clock = new BucketClock(manual);
        manual.Nanoseconds = 700;

        Assert.Equal(700 * 16, clock.Now());
    }
}
