using CsCheck;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

public sealed class BucketClockTests
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1000 * Millisecond;

    // Standing still, steps, leaps of days, and steps back of up to a day.
    private static readonly Gen<long> s_move = Gen.Frequency(
        (2, Gen.Const(0L)),
        (6, Gen.Long[2, 3000].Select(static value => value * Millisecond)),
        (1, Gen.Long[1, 100_000].Select(static value => value * Second)),
        (2, Gen.Long[-86_400, -1].Select(static value => value * Second)));

    [Fact]
    public void Limiter_OnAClockOfAnyNonsense_GrantsWhatTheForwardTimeOwes() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 20], Gen.Select(s_move, Gen.Int[1, 3]).Array[1, 200]).Sample((perSecond, burst, steps) =>
        {
            var clock = new HandClock { Nanoseconds = 5_000_000 * Second };
            using var limiter = new TokenBucketLimiter(perSecond, burst, clock);
            var interval = (Second + perSecond - 1) / perSecond;
            var level = burst * interval;
            foreach (var (move, permits) in steps)
            {
                clock.Nanoseconds += move;
                level = Math.Min(burst * interval, level + Math.Max(0, move));
                var cost = Math.Min(permits, burst);
                var owed = level >= cost * interval;
                Assert.Equal(owed, limiter.AttemptAcquire(cost).IsAcquired);
                level -= owed ? cost * interval : 0;
            }
        });

    [Fact]
    public void At_WithTimestampsFromBeforeAStepBack_DoesNotLeap()
    {
        var hand = new HandClock { Nanoseconds = 100 * Second };
        var clock = new BucketClock(hand);
        var old = hand.Nanoseconds += 50 * Second;
        var before = clock.At(old);
        hand.Nanoseconds -= 40 * Second;

        Assert.Equal(before, clock.Now());
        Assert.Equal(before, clock.At(old));
        hand.Nanoseconds += Second;
        Assert.Equal(TimeSpan.FromSeconds(1), clock.ToTime(clock.At(old) - before));
    }

    [Fact]
    public void At_WithATimestampTakenLongAgo_IsTheTimeNow()
    {
        var hand = new HandClock();
        var clock = new BucketClock(hand);
        hand.Nanoseconds = 30 * Second;

        Assert.Equal(TimeSpan.FromSeconds(30), clock.ToTime(clock.At(2 * Second)));
        Assert.Equal(TimeSpan.FromSeconds(30), clock.ToTime(clock.Now()));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue / 16)]
    public void Now_AfterALeapToAnywhere_StaysInOrderAndGoesOn(long leap)
    {
        var hand = new HandClock { Nanoseconds = Second };
        var clock = new BucketClock(hand);
        hand.Nanoseconds = leap;
        var after = clock.Now();

        Assert.InRange(clock.ToTime(after), TimeSpan.Zero, BucketClock.Longest);
        hand.Nanoseconds -= 5 * Second;
        Assert.Equal(after, clock.Now());
        hand.Nanoseconds += Second;
        Assert.Equal(TimeSpan.FromSeconds(1), clock.ToTime(clock.Now() - after));
    }

    [Fact]
    public void Now_WithinTheFirstMillisecond_IsExact()
    {
        var hand = new HandClock();
        var clock = new BucketClock(hand);
        hand.Nanoseconds = 700;

        Assert.Equal(700 * 16, clock.Now());
    }
}
