using System.Diagnostics.CodeAnalysis;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Checks the arguments, passes the work to the runner, and drains the runner when the app stops.</summary>
internal sealed class BackgroundWorkService(WorkRunner runner, WorkScopes scopes, WorkShutdown shutdown) : IBackgroundWork, IHostedService
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
        return runner.Offer(Create(name, work, options, key), out var reason) ?? throw new WorkRejectedException(reason!);
    }

    public IDisposable RunPeriodic(string name, TimeSpan period, Func<CancellationToken, Task> work, WorkItemOptions? options = null)
    {
        if (period <= TimeSpan.Zero || period > s_longestPeriod)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, $"The period of background work must be above zero and at most {s_longestPeriod.TotalDays} days.");
        }

        WorkItem Next() => Create(name, work, options, key: null);

        // Invalid arguments throw here, not in the log at the first run.
        if (Next() is var first && runner.Closing.IsCancellationRequested)
        {
            throw new WorkRejectedException(WorkRunner.Closed(first));
        }

        // Periodic work outlives the request that started it, so it must not keep that request's context.
        return WorkContext.Suppress((runner, period, Next: (Func<WorkItem>)Next), static call => new PeriodicWork(call.runner, call.period, call.Next));
    }

    public IWorkItem RunDedicated(string name, Action<CancellationToken> body)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(body);
        var item = new WorkItem(runner, name, RequestScope.Current?.Entered?.Route, Block(body), Timeout.InfiniteTimeSpan, WorkPriority.Normal) { IsDedicated = true };
        if (!runner.TryTakeDedicated(item))
        {
            throw new WorkRejectedException(WorkRunner.Closed(item));
        }

        try
        {
            new Thread(static state => _ = ((WorkItem)state!).ExecuteAsync()) { IsBackground = true, Name = name }.UnsafeStart(item);
        }
        catch
        {
            // No memory for a thread: the shutdown must not wait for work that never starts.
            item.Cancel();
            throw;
        }

        return item;
    }

    public Func<CancellationToken, Task> InScope<TService>(Func<TService, CancellationToken, Task> work) where TService : notnull => scopes.Wrap(work);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => shutdown.StopAsync(cancellationToken);

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

    private static Func<CancellationToken, Task> Block(Action<CancellationToken> loop) => token =>
    {
        loop(token);
        return Task.CompletedTask;
    };
}
