using System.Diagnostics.CodeAnalysis;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Checks the arguments, passes the work to the runner, and drains the runner when the app stops.</summary>
internal sealed class BackgroundWorkService(WorkRunner runner, ILogger<BackgroundWorkService> logger) : IBackgroundWork, IHostedService
{
    // A timer accepts little more.
    private static readonly TimeSpan s_longestPeriod = TimeSpan.FromDays(49);

    public IWorkItem Run(string name, Func<CancellationToken, Task> work, WorkItemOptions? options = null) =>
        runner.Offer(Create(name, work, options, key: null), out var reason) ?? throw new WorkRejectedException(reason!);

    public bool TryRun(string name, Func<CancellationToken, Task> work, WorkItemOptions? options, [NotNullWhen(true)] out IWorkItem? item) =>
        (item = runner.Offer(Create(name, work, options, key: null), out _)) is not null;

    public IWorkItem RunOnce(string name, string key, Func<CancellationToken, Task> work, WorkItemOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return runner.Offer(Create(name, work, options, $"{name}\n{key}"), out var reason) ?? throw new WorkRejectedException(reason!);
    }

    public IDisposable RunPeriodic(string name, TimeSpan period, Func<CancellationToken, Task> work, WorkItemOptions? options = null)
    {
        if (period <= TimeSpan.Zero || period > s_longestPeriod)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, $"The period of background work must be above zero and at most {s_longestPeriod.TotalDays} days.");
        }

        WorkItem Next() => Create(name, work, options, key: null);

        // Invalid arguments throw here, not in the log at the first run.
        Next();
        return WithoutContext(() => new PeriodicWork(runner, logger, period, Next));
    }

    public IWorkItem RunDedicated(string name, Action<CancellationToken> body)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(body);
        var item = new WorkItem(runner, name, RequestScope.Current?.Entered?.Route, Block(body), Timeout.InfiniteTimeSpan, WorkPriority.Normal) { IsDedicated = true };
        if (!runner.TryTakeDedicated(item))
        {
            throw new WorkRejectedException($"The work \"{name}\" was not accepted: the app is shutting down.");
        }

        new Thread(static state => _ = ((WorkItem)state!).ExecuteAsync()) { IsBackground = true, Name = name }.UnsafeStart(item);
        return item;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var idle = runner.CloseAsync();

        // Loops and periodic work do not end without cancellation.
        Cancel(item => item.Deadline == Timeout.InfiniteTimeSpan);
        if (await EndsWithinAsync(idle, runner.Settings.Value.DrainTimeout, cancellationToken))
        {
            return;
        }

        logger.DrainTimedOut(runner.Settings.Value.DrainTimeout, Names());
        Cancel(static _ => true);
        if (!await EndsWithinAsync(idle, runner.Settings.Value.GracePeriod, cancellationToken))
        {
            logger.DrainAbandoned(Names());
        }
    }

    private WorkItem Create(string name, Func<CancellationToken, Task> work, WorkItemOptions? options, string? key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(work);
        var deadline = options?.Deadline ?? runner.Settings.Value.Deadline;
        if (deadline <= TimeSpan.Zero && deadline != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), deadline, "The deadline of background work must be above zero, or Timeout.InfiniteTimeSpan.");
        }

        var priority = options?.Priority ?? WorkPriority.Normal;
        return Enum.IsDefined(priority)
            ? new WorkItem(runner, name, RequestScope.Current?.Entered?.Route, work, deadline, priority) { Key = key }
            : throw new ArgumentOutOfRangeException(nameof(options), priority, "The priority of background work must be Low, Normal or High.");
    }

    // Periodic work outlives the request that started it, so it must not carry that request's context.
    private static T WithoutContext<T>(Func<T> create)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return create();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return create();
        }
    }

    private static Func<CancellationToken, Task> Block(Action<CancellationToken> loop) => token =>
    {
        loop(token);
        return Task.CompletedTask;
    };

    private void Cancel(Func<WorkItem, bool> predicate)
    {
        foreach (var item in runner.Snapshot().Where(predicate))
        {
            item.Cancel();
        }
    }

    private async Task<bool> EndsWithinAsync(Task idle, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            await idle.WaitAsync(time, runner.Time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private string Names() => string.Join(", ", runner.Snapshot().GroupBy(item => item.Name).Select(group => $"{group.Key} ({group.Count()})"));
}
