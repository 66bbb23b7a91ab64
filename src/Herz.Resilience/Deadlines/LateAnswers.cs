using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Deadlines;

/// <summary>Compares the duration of each request with its tier: counts late answers, feeds <see cref="TierFit"/>, and logs.</summary>
internal sealed class LateAnswers(TimeProvider time, DeadlineMetrics metrics, ILogger logger)
{
    public void Add(RequestScope scope, in RequestOutcome outcome, RouteTier tier)
    {
        if (outcome.Kind == OutcomeKind.DeadlineExceeded)
        {
            metrics.Exceeded(tier.State.Label, enforced: true);
            LogCancelled(scope, in outcome, tier);
            return;
        }

        var start = scope.AnswerTimestamp is not 0 and var answer ? answer : outcome.EndTimestamp;
        var duration = Math.Max(0, start - scope.StartTimestamp - outcome.ClientTicks);
        if (duration > tier.Ticks && !AddLate(scope, tier))
        {
            return;
        }

        // A failure and a fast 4xx do not show how long the work takes.
        if (tier.Source == TierSource.Default && outcome.Kind == OutcomeKind.Ok && (outcome.StatusCode < 400 || duration > tier.Ticks))
        {
            Learn(tier, duration, outcome.EndTimestamp);
        }
    }

    private bool AddLate(RequestScope scope, RouteTier tier)
    {
        if (scope.Context is not { } context || IsStream(context))
        {
            return false;
        }

        // Records the start of later answers, so that a slow download no longer counts as a late start.
        tier.State.TakesLong = true;
        metrics.Late(tier.State.Label);
        if (scope.Deadline == long.MaxValue)
        {
            metrics.Exceeded(tier.State.Label, enforced: false);
        }

        return true;
    }

    // An upgraded connection or an event stream may start its answer late.
    private static bool IsStream(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || HttpMethods.IsConnect(context.Request.Method)
        || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    private void Learn(RouteTier tier, long duration, long now)
    {
        var state = tier.State;
        switch (state.Fit.Record(duration, now, out var late))
        {
            case FitChange.Measured:
                logger.Measured(state.Label, tier.Times.Api.TotalMilliseconds, state.Fit.RequiredNow, state.Remedy);
                break;
            case FitChange.UsuallyLate:
                logger.UsuallyLate(state.Label, tier.Times.Api.TotalMilliseconds, late.Share, (long)late.Median.TotalMilliseconds, (long)late.Percentile99.TotalMilliseconds, state.Remedy);
                break;
        }
    }

    private void LogCancelled(RequestScope scope, in RequestOutcome outcome, RouteTier tier)
    {
        if (tier.State.Throttle.TryPass(outcome.EndTimestamp, out var suppressed))
        {
            var elapsed = time.GetElapsedTime(scope.StartTimestamp, outcome.EndTimestamp - outcome.ClientTicks);
            var source = tier.Source switch
            {
                TierSource.Framework => "the framework's request timeout",
                TierSource.Default => "the default, measured to fit",
                _ => "configured",
            };
            logger.DeadlineExceeded(tier.State.Label, (long)elapsed.TotalMilliseconds, source, tier.Times.Api.TotalMilliseconds, suppressed, tier.State.Remedy);
        }
    }
}
