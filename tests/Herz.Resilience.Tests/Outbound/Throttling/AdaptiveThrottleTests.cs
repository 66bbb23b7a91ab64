using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Outbound.Throttling;

namespace Herz.Resilience.Tests.Outbound.Throttling;

/// <summary>The throttle in a simulation: calls at a rate to a dependency that accepts a share of them.</summary>
public sealed class AdaptiveThrottleTests
{
    private const long Frequency = 1_000;

    private static readonly double[] s_ratios = [1.5, 2, 3];

    private readonly AdaptiveThrottle _throttle = new(Frequency);
    private readonly SplitMix _random = new(11);
    private long _now = 1_000_000;

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.45)]
    public void Dependency_ThatRejectsLessThanHalf_GetsAllCalls(double rejected)
    {
        var result = Run(seconds: 600, perSecond: 50, rejected);

        Assert.InRange(result.Refused, 0, result.Calls / 200);
    }

    [Fact]
    public void Dependency_ThatRejectsMostCalls_GetsTwiceWhatItAccepts()
    {
        // Capacity 20 of 200 per second: it accepts 20 whatever is sent.
        Run(30, 200, capacity: 20);
        var result = Run(60, 200, capacity: 20);

        Assert.InRange((double)(result.Calls - result.Refused) / result.Accepted, 1.5, 2.6);
    }

    [Fact]
    public void Dependency_ThatIsDown_GetsAboutOneCallPerSecond()
    {
        Run(15, 200, 1);
        var result = Run(60, 200, 1);

        Assert.InRange(result.Calls - result.Refused, 60, 150);
    }

    [Fact]
    public void Dependency_ThatRecovers_GetsAllCallsAfterFiveSeconds()
    {
        Run(60, 200, 1);
        Run(6, 200, 0);
        var result = Run(1, 200, 0);

        Assert.Equal(0, result.Refused);
    }

    [Theory]
    [InlineData(2, 100, 1.0)]
    [InlineData(60, 1, 0.9)]
    public void Dependency_WithABlipOrFewCalls_GetsAllCalls(int seconds, int perSecond, double rejected) =>
        Assert.Equal(0, Run(seconds, perSecond, rejected).Refused);

    [Fact]
    public void Priorities_AreRefusedInOrder()
    {
        Run(15, 200, 0.7);

        var shares = s_ratios.Select(ratio => _throttle.RefusedShare(_now, ratio)).ToArray();
        Assert.True(shares[0] > shares[1] && shares[1] > shares[2], string.Join(' ', shares));
    }

    [Fact]
    public void Throttle_OnManyThreads_CountsEachCall()
    {
        var (passed, refused) = (0, 0);
        Parallel.For(0, 8, _ =>
        {
            for (var call = 0; call < 5_000; call++)
            {
                var now = _now + call;
                if (_throttle.TryPass(now, 2, _random.NextDouble()))
                {
                    Interlocked.Increment(ref passed);
                    _throttle.Rejected(now);
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });

        Assert.Equal(40_000, passed + refused);
        Assert.InRange(_throttle.RefusedShare(_now + 5_000, 2), 0.9, 1);
    }

    private (int Calls, int Refused, int Accepted) Run(int seconds, int perSecond, double rejected = 0, int? capacity = null)
    {
        var (calls, refused, accepted) = (0, 0, 0);
        for (var second = 0; second < seconds; second++)
        {
            var left = capacity ?? int.MaxValue;
            for (var call = 0; call < perSecond; call++)
            {
                calls++;
                var now = _now + (call * Frequency / perSecond);
                if (!_throttle.TryPass(now, 2, _random.NextDouble()))
                {
                    refused++;
                }
                else if (left-- <= 0 || _random.NextDouble() < rejected)
                {
                    _throttle.Rejected(now);
                }
                else
                {
                    accepted++;
                }
            }

            _now += Frequency;
        }

        return (calls, refused, accepted);
    }
}
