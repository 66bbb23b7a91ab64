using Herz.Resilience.CircuitBreaking.Recovery;
using Herz.Resilience.Tests.CircuitBreaking.Simulation;

namespace Herz.Resilience.Tests.CircuitBreaking.Recovery;

/// <summary>The number of requests that a half-open circuit lets through, against a simulated dependency in steps of 10 ms.</summary>
public sealed class RecoveryRampTests
{
    private const int Step = 10;
    private const int Break = 1000;

    private readonly RecoveryRamp _ramp = new();
    private readonly Queue<(int End, long Ticket, bool Success)> _running = new();
    private long _ticket = 1;

    public RecoveryRampTests() => _ramp.Start(2);

    [Theory]
    [InlineData(2, 20)]
    [InlineData(50, 20)]
    [InlineData(200, 20)]
    [InlineData(1000, 20)]
    [InlineData(200, 500)]
    public void HealthyDependency_HasItsFullTrafficWithinTwelveRoundTrips(int perSecond, int latency)
    {
        var closed = Run(20_000, perSecond, latency, static (_, _) => true);

        Assert.InRange(closed, 0, (12 * latency) + (1000 / perSecond) + Step);
    }

    [Fact]
    public void DependencyThatWarmsUp_IsNotFlooded_AndHasItsFullTrafficSoonAfter()
    {
        // Its capacity rises from 2 to 40 calls at once within 10 s; what comes on top fails.
        var failures = 0;
        var closed = Run(40_000, perSecond: 200, latency: 100, (now, running) =>
        {
            var success = running <= Math.Min(40, 2 + (now * 38 / 10_000));
            failures += success ? 0 : 1;
            return success;
        });

        Assert.InRange(closed, 1, 12_000);
        Assert.InRange(failures, 0, 200);
    }

    [Fact]
    public void DependencyThatFailsAThirdOfItsCalls_StillGetsItsFullTraffic()
    {
        var random = new Xorshift(3);
        var served = 0;
        for (var round = 0; round < 200; round++)
        {
            _ramp.Start(_ticket + 1);
            _running.Clear();
            var closed = Run(60_000, perSecond: 200, latency: 50, (_, _) => random.Next() >= 0.3, failedProbes: 1000);
            served += closed is >= 0 and <= 5_000 ? 1 : 0;
        }

        Assert.InRange(served, 196, 200);
    }

    [Fact]
    public void DependencyThatGoesDownAgain_OpensAfterFewCalls()
    {
        var calls = 0;
        var opened = Run(60_000, perSecond: 1000, latency: 100, (now, _) =>
        {
            calls += now >= 350 ? 1 : 0;
            return now < 350;
        });

        Assert.True(opened < 0, $"it closed at {opened} ms");
        Assert.InRange(-opened, 350, 2_500);
        Assert.InRange(calls, 1, 60);
    }

    /// <returns>When it closed, in milliseconds; negative when it opened again.</returns>
    private int Run(int duration, int perSecond, int latency, Func<int, int, bool> succeeds, int failedProbes = 2)
    {
        var due = 0.0;
        for (var now = 0; now < duration; now += Step)
        {
            while (_running.TryPeek(out var first) && first.End <= now)
            {
                _running.Dequeue();
                switch (_ramp.Leave(first.Ticket, first.Success, failedProbes))
                {
                    case RampVerdict.Close:
                        return now;
                    case RampVerdict.Open:
                        return -now;
                    default:
                        break;
                }
            }

            for (; due <= now; due += 1000.0 / perSecond)
            {
                if (_ramp.TryEnter(_ticket + 1, now, Break))
                {
                    _running.Enqueue((now + latency, ++_ticket, succeeds(now, _running.Count + 1)));
                }
            }
        }

        return int.MaxValue;
    }
}
