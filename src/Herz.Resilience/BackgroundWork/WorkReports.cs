using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Logs and counts. If the app's log provider or meter listener throws, the process must not end and the place of the work must be freed.</summary>
internal sealed class WorkReports(BackgroundWorkMetrics metrics, TimeProvider time, ILogger<WorkRunner> logger)
{
    public void Rejected(WorkItem item) => Contained.Run((metrics, item), static call => call.metrics.Rejected(call.item.Name));

    public void PeriodicRejected(WorkItem item, string reason) =>
        Contained.Run((logger, item, reason), static call => call.logger.PeriodicRejected(call.item.Name, call.reason));

    public void Started(WorkItem item)
    {
        if (metrics.CountsRuns)
        {
            Contained.Run((metrics, item), static call => call.metrics.Started(call.item.Name));
        }
    }

    public void Failed(WorkItem item, Exception exception) =>
        Contained.Run((logger, item, exception), static call => call.logger.WorkFailed(call.item.Name, call.item.Origin, call.exception));

    public void CallbackFailed(WorkItem item, Exception exception) =>
        Contained.Run((logger, item, exception), static call => call.logger.CallbackFailed(call.item.Name, call.item.Origin, call.exception));

    /// <param name="item">Work that no longer runs, or was cancelled before it started.</param>
    /// <param name="outcome">The outcome.</param>
    /// <param name="wasAbandoned">Whether it was reported as abandoned before.</param>
    public void Ended(WorkItem item, WorkOutcome outcome, bool wasAbandoned)
    {
        // Each on its own: a listener that throws must not hide what follows.
        if (item.HasStarted && metrics.CountsRuns)
        {
            Contained.Run((metrics, item), static call => call.metrics.Ended(call.item.Name));
        }

        if (wasAbandoned)
        {
            Contained.Run((logger, item), static call => call.logger.WorkEndedAfterAll(call.item.Name, call.item.Origin));
            return;
        }

        Contained.Run((metrics, time, item, outcome), static call => call.metrics.Completed(call.item, call.outcome, call.time));
        if (outcome == WorkOutcome.TimedOut)
        {
            Contained.Run((logger, item), static call => call.logger.WorkTimedOut(call.item.Name, call.item.Origin, call.item.Deadline));
        }
    }

    public void Abandoned(WorkItem item, TimeSpan gracePeriod)
    {
        Contained.Run((logger, item, gracePeriod), static call => call.logger.WorkAbandoned(call.item.Name, call.item.Origin, call.gracePeriod));
        Contained.Run((metrics, time, item), static call => call.metrics.Completed(call.item, WorkOutcome.Abandoned, call.time));
    }
}
