using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Drains the runner when the app stops: loops are cancelled at once, other work after <see cref="BackgroundWorkOptions.DrainTimeout"/>.</summary>
internal sealed class WorkShutdown(WorkRunner runner, ILogger<WorkShutdown> logger)
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
        // Loops do not end without cancellation.
        runner.Cancel(static item => item.IsLoop);
        var drainTimeout = runner.Settings.Value.DrainTimeout;
        if (!await EndsWithinAsync(idle, drainTimeout, cancellationToken))
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                logger.DrainTimedOut(drainTimeout, Names());
            }

            runner.Cancel(static _ => true);
            await EndsWithinAsync(idle, runner.Settings.Value.GracePeriod, cancellationToken);
        }

        if (Names() is { Length: > 0 } names)
        {
            Report(idle.IsCompleted || !cancellationToken.IsCancellationRequested, names);
        }
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

    private string Names() => string.Join(", ", runner.Snapshot().GroupBy(static item => item.Name).Select(static group => $"{group.Key} ({group.Count()})"));
}
