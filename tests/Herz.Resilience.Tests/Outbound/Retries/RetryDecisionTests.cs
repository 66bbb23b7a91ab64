using Herz.Resilience.Outbound;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Tests.Outbound.Retries;

public sealed class RetryDecisionTests
{
    private static readonly DependencySettings s_settings = DependencySettings.Of(null, new OutboundCallOptions());
    private static readonly CallOutcome s_unavailable = new(CallResult.Unavailable, 0, Status: 503);

    private readonly RetryBudget _budget = new(new SlidingCount(1_000), 1_000);

    [Theory]
    [InlineData(nameof(CallResult.Unavailable), 503, nameof(RetryStop.None))]
    [InlineData(nameof(CallResult.Unavailable), 0, nameof(RetryStop.None))]
    [InlineData(nameof(CallResult.Error), 500, nameof(RetryStop.None))]
    [InlineData(nameof(CallResult.Error), 501, nameof(RetryStop.NotRetryable))]
    [InlineData(nameof(CallResult.Error), HttpOutcomes.Permanent, nameof(RetryStop.NotRetryable))]
    [InlineData(nameof(CallResult.Throttled), 429, nameof(RetryStop.None))]
    [InlineData(nameof(CallResult.TimedOut), 408, nameof(RetryStop.None))]
    [InlineData(nameof(CallResult.TimedOut), 504, nameof(RetryStop.Overloaded))]
    [InlineData(nameof(CallResult.Cancelled), 0, nameof(RetryStop.NotRetryable))]
    [InlineData(nameof(CallResult.Ok), 404, nameof(RetryStop.NotRetryable))]
    public void Decide_ByOutcome(string result, int status, string expected) =>
        Assert.Equal(Enum.Parse<RetryStop>(expected), Decide(new(1, true, new(Enum.Parse<CallResult>(result), 0, null, status), false, default, default, TimeSpan.MaxValue)));

    [Fact]
    public void Decide_AfterARetryAfter_IsOverloaded() =>
        Assert.Equal(RetryStop.Overloaded, Decide(Failed() with { Outcome = new(CallResult.Throttled, 0, TimeSpan.Zero, 503) }));

    [Fact]
    public void Decide_ForACallThatMustNotBeSentAgain_IsNotRetryable() => Assert.Equal(RetryStop.NotRetryable, Decide(Failed() with { CanRetry = false }));

    [Fact]
    public void Decide_IfAnotherTierRetries_LeavesItToThatTier() => Assert.Equal(RetryStop.OtherTier, Decide(Failed() with { IsOtherTier = true }));

    [Fact]
    public void Decide_AfterTheLastAttempt_Ends() => Assert.Equal(RetryStop.Attempts, Decide(Failed() with { Attempt = 3 }));

    [Theory]
    [InlineData(151, nameof(RetryStop.None))]
    [InlineData(150, nameof(RetryStop.Deadline))]
    public void Decide_IfTheAttemptCannotFinish_Ends(int remaining, string expected) => Assert.Equal(
        Enum.Parse<RetryStop>(expected),
        Decide(Failed() with { UsualTime = TimeSpan.FromMilliseconds(100), Remaining = TimeSpan.FromMilliseconds(remaining) }, random: 0));

    [Fact]
    public void Decide_UsesUpTheBudget_AndThrottledAnswersCostTwice()
    {
        var throttled = Failed() with { Outcome = new(CallResult.Throttled, 0, null, 429) };
        var retried = Enumerable.Range(0, 20).Count(_ => Decide(throttled) == RetryStop.None);

        Assert.Equal(5, retried);
        Assert.Equal(RetryStop.Budget, Decide(Failed()));
    }

    [Fact]
    public void Decide_ForAnAttemptThatCannotFinish_ChargesNothing()
    {
        for (var index = 0; index < 100; index++)
        {
            Decide(Failed() with { Remaining = TimeSpan.Zero });
        }

        Assert.Equal(10, _budget.Left(0, 0.2, 10));
    }

    [Fact]
    public void Backoff_StaysBetweenItsBounds_AndIsRandom()
    {
        var random = new SplitMix(7);
        var (first, longest) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));
        var delays = new HashSet<TimeSpan>();
        var previous = TimeSpan.Zero;
        for (var index = 0; index < 1_000; index++)
        {
            var limit = 3 * (previous > first ? previous : first);
            previous = Backoff.Next(previous, first, longest, random.NextDouble());
            Assert.InRange(previous, first, limit < longest ? limit : longest);
            delays.Add(previous);
        }

        Assert.True(delays.Count > 300, $"{delays.Count} different delays");
        Assert.Contains(longest, delays);
    }

    [Fact]
    public void SplitMix_WithTheSameSeed_GivesTheSameNumbers_WithAMeanOfOneHalf()
    {
        var (first, second) = (new SplitMix(42), new SplitMix(42));
        var numbers = Enumerable.Range(0, 10_000).Select(_ => first.NextDouble()).ToArray();

        Assert.Equal(numbers, Enumerable.Range(0, 10_000).Select(_ => second.NextDouble()));
        Assert.All(numbers, static number => Assert.InRange(number, 0, 1 - 1e-16));
        Assert.InRange(numbers.Average(), 0.49, 0.51);
    }

    private static FailedAttempt Failed() => new(1, true, s_unavailable, false, default, default, TimeSpan.MaxValue);

    private RetryStop Decide(FailedAttempt failed, double random = 0.5) => RetryDecision.Decide(failed, s_settings, _budget, random, out _);
}
