using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Drains the runner when the app stops: loops are cancelled at once, other work after <see cref="BackgroundWorkOptions.DrainTimeout"/>.</summary>
internal sealed class WorkShutdown(WorkRunner runner, IOptions<HostOptions> host, ILogger<WorkShutdown> logger)
{
    private TaskCompletionSource? _drained;

    /// <summary>Later calls wait for the first.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _drained, drained, null) is { } first)
        {
            await EndsWithinAsync(first.Task, Timeout.InfiniteTimeSpan, cancellationToken);
            return;
        }

        try
        {
            await DrainAsync(runner.CloseAsync(), cancellationToken);
        }
        finally
        {
            drained.SetResult();
        }
    }

    private async Task DrainAsync(Task idle, CancellationToken cancellationToken)
    {
        var (drainTime, gracePeriod) = Times();

        // Loops do not end without cancellation.
        var loops = runner.Cancel(static item => item.IsLoop);
        var rest = loops;
        var loopsNotified = EndsWithinAsync(loops.Done, gracePeriod, cancellationToken);
        if (!await EndsWithinAsync(idle, drainTime, cancellationToken))
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                logger.DrainTimedOut(drainTime, Names(runner.Snapshot()));
            }

            rest = runner.Cancel(static _ => true);
            await EndsWithinAsync(Task.WhenAll(idle, rest.Done), gracePeriod, cancellationToken);
        }

        // A callback may flush what the work has buffered, so the process should not end before it.
        await loopsNotified;
        if (Names(runner.Snapshot().Union(loops.Pending).Union(rest.Pending)) is { Length: > 0 } names)
        {
            Report(!cancellationToken.IsCancellationRequested, names);
        }
    }

    // A host that allows less time must not cut the work before it was cancelled and could end.
    private (TimeSpan DrainTime, TimeSpan GracePeriod) Times()
    {
        var (drain, grace, all) = (runner.Settings.Value.DrainTimeout, runner.Settings.Value.GracePeriod, host.Value.ShutdownTimeout);
        if (all < TimeSpan.Zero || drain + grace <= all)
        {
            return (drain, grace);
        }

        grace = TimeSpan.FromTicks(Math.Min(grace.Ticks, all.Ticks / 2));
        return (TimeSpan.FromTicks(Math.Min(drain.Ticks, (all - grace).Ticks)), grace);
    }

    private void Report(bool hadTime, string names)
    {
        if (hadTime)
        {
            logger.DrainAbandoned(names);
        }
        else
        {
            logger.DrainCut(names);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(time, runner.Time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Names(IEnumerable<WorkItem> items) => string.Join(", ", items.GroupBy(static item => item.Name).Select(static group => $"{group.Key} ({group.Count()})"));
}
