using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>The pure core of retries: whether a failed attempt is retried, and after which delay.</summary>
internal static class RetryDecision
{
    // A dependency that throttles has said that it needs time; the AWS SDKs wait 20 times as long.
    private const int ThrottledFactor = 10;

    /// <summary>Decides, and charges the budget if the answer is yes.</summary>
    /// <param name="failed">What is known of the failed attempt.</param>
    /// <param name="settings">The settings of the dependency.</param>
    /// <param name="budget">The budget of the dependency.</param>
    /// <param name="random">A number from 0 to 1.</param>
    /// <param name="delay">How long to wait before the retry.</param>
    public static RetryStop Decide(in FailedAttempt failed, DependencySettings settings, RetryBudget budget, double random, out TimeSpan delay)
    {
        delay = default;
        if (!failed.CanRetry || !IsRetryable(failed.Outcome))
        {
            return RetryStop.NotRetryable;
        }

        if (IsFinal(failed.Outcome))
        {
            return RetryStop.Overloaded;
        }

        if (failed.IsOtherTier)
        {
            return RetryStop.OtherTier;
        }

        if (failed.Attempt >= settings.MaxAttempts)
        {
            return RetryStop.Attempts;
        }

        var first = failed.Outcome.Result == CallResult.Throttled ? ThrottledFactor * settings.RetryDelay : settings.RetryDelay;
        delay = Backoff.Next(failed.PreviousDelay, first, settings.MaxRetryDelay > first ? settings.MaxRetryDelay : first, random);
        if (delay + failed.UsualTime >= failed.Remaining)
        {
            return RetryStop.Deadline;
        }

        return budget.TryCharge(failed.Outcome.Ended, CostOf(failed.Outcome.Result), settings.RetryBudget, settings.MinRetries) ? RetryStop.None : RetryStop.Budget;
    }

    /// <summary>What a retry costs: a dependency that throttles or times out is overloaded, one that was just unreachable need not be.</summary>
    public static int CostOf(CallResult result) => result is CallResult.Throttled or CallResult.TimedOut ? 2 : 1;

    // 501, 505 and the like stay as they are; a 500 may be chance.
    private static bool IsRetryable(in CallOutcome outcome) =>
        outcome.Result is CallResult.Unavailable or CallResult.Throttled or CallResult.TimedOut || outcome is { Result: CallResult.Error, Status: 500 or 0 };

    // Retry-After, 504 and DEADLINE_EXCEEDED.
    private static bool IsFinal(in CallOutcome outcome) => outcome.RetryAfter is not null || outcome is { Result: CallResult.TimedOut, Status: 504 };
}

/// <summary>What is known of an attempt that failed.</summary>
/// <param name="Attempt">1 for the first.</param>
/// <param name="CanRetry">Whether the call may be sent again at all: idempotent, with a body that can be replayed.</param>
/// <param name="Outcome">Its outcome.</param>
/// <param name="IsOtherTier">Whether another tier of services retries.</param>
/// <param name="PreviousDelay">The delay before this attempt; zero for the first.</param>
/// <param name="UsualTime">How long a call of the dependency usually takes.</param>
/// <param name="Remaining">The time until the deadline.</param>
internal readonly record struct FailedAttempt(
    int Attempt, bool CanRetry, CallOutcome Outcome, bool IsOtherTier, TimeSpan PreviousDelay, TimeSpan UsualTime, TimeSpan Remaining);
