using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Deadlines;

/// <summary>Compares how long requests took with their tier: counts, learns, and reports.</summary>
internal sealed class LateAnswers(TimeProvider time, DeadlineMetrics metrics, ILogger logger)
{
    public void Add(RequestScope scope, in RequestOutcome outcome, RouteTier tier)
    {
        if (outcome.Kind == OutcomeKind.DeadlineExceeded)
        {
            metrics.Exceeded(tier.Watch.Label, enforced: true);
            LogCut(scope, in outcome, tier);
            return;
        }

        var began = scope.AnswerTimestamp is not 0 and var answered ? answered : outcome.EndTimestamp;
        var took = Math.Max(0, began - scope.StartTimestamp - outcome.ClientTicks);
        if (took > tier.Ticks && !AddLate(scope, tier))
        {
            return;
        }

        // A failure says nothing about how long the work takes, nor does a quick "no".
        if (tier.Source == TierSource.Default && outcome.Kind == OutcomeKind.Ok && (outcome.StatusCode < 400 || took > tier.Ticks))
        {
            Learn(tier, took, outcome.EndTimestamp);
        }
    }

    private bool AddLate(RequestScope scope, RouteTier tier)
    {
        if (scope.Context is not { } context || IsStream(context))
        {
            return false;
        }

        // From the next one on, sending a long answer is distinguished from beginning it late.
        tier.Watch.TakesLong = true;
        metrics.Late(tier.Watch.Label);
        if (scope.Deadline == long.MaxValue)
        {
            metrics.Exceeded(tier.Watch.Label, enforced: false);
        }

        return true;
    }

    // What lives on after its answer began, or waits for its first event, is no late answer.
    private static bool IsStream(HttpContext context) =>
        context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || HttpMethods.IsConnect(context.Request.Method)
        || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    private void Learn(RouteTier tier, long took, long now)
    {
        var watch = tier.Watch;
        switch (watch.Fit.Answered(took, now, out var late))
        {
            case FitChange.Measured:
                logger.Measured(watch.Label, tier.Times.Api.TotalMilliseconds, watch.Fit.WantedNow, watch.Remedy);
                break;
            case FitChange.UsuallyLate:
                logger.UsuallyLate(watch.Label, tier.Times.Api.TotalMilliseconds, late.Share, (long)late.Median.TotalMilliseconds, (long)late.Most.TotalMilliseconds, watch.Remedy);
                break;
        }
    }

    private void LogCut(RequestScope scope, in RequestOutcome outcome, RouteTier tier)
    {
        if (tier.Watch.Pace.TryPass(outcome.EndTimestamp, out var heldBack))
        {
            var elapsed = time.GetElapsedTime(scope.StartTimestamp, outcome.EndTimestamp - outcome.ClientTicks);
            var source = tier.Source switch
            {
                TierSource.Framework => "the framework's request timeout",
                TierSource.Default => "the default, measured to fit",
                _ => "configured",
            };
            logger.DeadlineExceeded(tier.Watch.Label, (long)elapsed.TotalMilliseconds, source, tier.Times.Api.TotalMilliseconds, heldBack, tier.Watch.Remedy);
        }
    }
}
