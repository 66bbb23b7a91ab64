using CsCheck;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;

namespace Herz.Resilience.Tests.Outbound.Retries;

public sealed class RetryBudgetTests
{
    private const long Frequency = 1_000;

    [Fact]
    public void Budget_OnRandomSequences_EqualsTheReference()
    {
        var step = Gen.Select(Gen.Int[0, 2_500], Gen.Int[0, 3], Gen.Int[1, 3]);
        Gen.Select(step.List[1, 400], Gen.Double[0, 0.5], Gen.Int[0, 5]).Sample((steps, share, floor) =>
        {
            var calls = new SlidingCount(Frequency);
            var budget = new RetryBudget(calls, Frequency);
            var reference = new ReferenceBudget(share, floor);
            long now = 0;
            foreach (var (milliseconds, kind, cost) in steps)
            {
                // Mostly calls, close to each other.
                now += kind == 3 ? milliseconds : milliseconds / 50;
                var second = now / Frequency;
                if (kind == 0)
                {
                    Assert.Equal(reference.TryCharge(second, cost), budget.TryCharge(now, cost, share, floor));
                }
                else
                {
                    calls.Add(now);
                    reference.Call(second);
                }

                Assert.Equal(reference.Left(second), budget.Left(now, share, floor), 6);
            }
        });
    }

    [Fact]
    public void Budget_OfADependencyThatIsDown_IsAFifthOfItsCalls()
    {
        var calls = new SlidingCount(Frequency);
        var budget = new RetryBudget(calls, Frequency);
        var retries = 0;
        for (var call = 0; call < 12_000; call++)
        {
            // 200 calls per second for a minute.
            var now = call * 5L;
            calls.Add(now);
            retries += budget.TryCharge(now, 1, 0.2, 10) ? 1 : 0;
        }

        Assert.InRange(retries, 2_300, 2_400);
    }

    [Fact]
    public void Budget_ChargedByManyThreads_IsNeverExceeded()
    {
        var calls = new SlidingCount(Frequency);
        var budget = new RetryBudget(calls, Frequency);
        var charged = 0;
        Parallel.For(0, 8, _ =>
        {
            for (var call = 0; call < 10_000; call++)
            {
                calls.Add(5_000);
                if (budget.TryCharge(5_000, 1, 0.2, 0))
                {
                    Interlocked.Increment(ref charged);
                }
            }
        });

        Assert.Equal(80_000, calls.Sum(5_000));
        Assert.InRange(charged, 15_900, 16_000);
    }

    [Fact]
    public void Budget_AfterAQuietTime_HasOnlyItsFloor()
    {
        var calls = new SlidingCount(Frequency);
        var budget = new RetryBudget(calls, Frequency);
        for (var call = 0; call < 1_000; call++)
        {
            calls.Add(0);
        }

        Assert.Equal(200, budget.Left(9_999, 0.2, 10));
        Assert.Equal(10, budget.Left(10_000, 0.2, 10));
    }

    [Fact]
    public void Count_WithSecondsOutOfOrder_LosesNothing()
    {
        var count = new SlidingCount(Frequency);
        count.Add(12_000);
        count.Add(2_500);
        count.Add(12_100, 3);

        Assert.Equal(5, count.Sum(12_900));
    }
}
