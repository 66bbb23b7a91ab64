using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.BackgroundWork;

/// <summary>One accepted piece of background work, waiting or running.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has no timer and no wait handle. Its token can be read after the work has ended.")]
internal sealed class WorkItem : IWorkItem
{
    private readonly WorkRunner _runner;
    private readonly CancellationTokenSource _stop = new();
    private Func<CancellationToken, Task>? _work;
    private TaskCompletionSource<WorkOutcome>? _completion;
    private long _due = long.MaxValue;
    private WorkOutcome? _outcome;
    private bool _cancelled;
    private bool _deadlinePassed;
    private bool _notified;
    private bool _ended;
    private bool _completed;

    public WorkItem(WorkRunner runner, string name, string? origin, Func<CancellationToken, Task> work, TimeSpan deadline, WorkPriority priority)
    {
        _runner = runner;
        _work = work;
        Name = name;
        Origin = origin;
        Deadline = deadline;
        Priority = priority;
        Trace = Activity.Current?.Context ?? default;
    }

    public string Name { get; }

    public string? Origin { get; }

    public WorkPriority Priority { get; }

    public Task<WorkOutcome> Completion
    {
        get
        {
            lock (_stop)
            {
                _completion ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_completed)
                {
                    _completion.TrySetResult(_outcome!.Value);
                }

                return _completion.Task;
            }
        }
    }

    public TimeSpan Deadline { get; }

    /// <summary>Whether the work may run for ever, so that only a cancellation ends it.</summary>
    public bool IsLoop => Deadline == Timeout.InfiniteTimeSpan;

    public ActivityContext Trace { get; }

    public bool HasStarted { get; private set; }

    public long StartTimestamp { get; private set; }

    public string? Key { get; init; }

    /// <summary>The neighbours in the runner's list.</summary>
    public WorkItem? Previous { get; set; }

    public WorkItem? Next { get; set; }

    public bool IsListed { get; set; }

    /// <summary>The place in the queue of work that had to wait; otherwise null.</summary>
    public LinkedListNode<WorkItem>? Place { get; set; }

    /// <summary>Whether the runner counts the work as abandoned.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Whether the work runs on its own thread, outside the queue.</summary>
    public bool IsDedicated { get; init; }

    /// <summary>Called when the work no longer runs, also if it was abandoned earlier.</summary>
    public Action? OnEnded { get; set; }

    public bool IsCancelled => Volatile.Read(ref _cancelled) || Volatile.Read(ref _deadlinePassed);

    /// <summary>Whether <see cref="Notify"/> has returned.</summary>
    public bool IsNotified => Volatile.Read(ref _notified);

    /// <summary>Whether the work has ended or was abandoned.</summary>
    public bool IsOver
    {
        get
        {
            lock (_stop)
            {
                return _outcome is not null;
            }
        }
    }

    /// <summary>The timestamp at which the deadline or the grace period ends; <see cref="long.MaxValue"/> for never.</summary>
    public long Due => Volatile.Read(ref _due);

    public void Cancel()
    {
        if (TryCancel())
        {
            // The callbacks may hang; they must not keep the caller or its context.
            _ = WorkContext.Suppress(this, static item => item.NotifyAsync());
        }
    }

    /// <summary>Cancels work that waits; starts the grace period of work that runs.</summary>
    /// <returns>Whether the caller must cancel the token, with <see cref="Notify"/>.</returns>
    public bool TryCancel()
    {
        var due = _runner.DueTimer.After(_runner.Settings.Value.GracePeriod);
        var runs = false;
        lock (_stop)
        {
            if (_ended || _cancelled || _deadlinePassed)
            {
                return false;
            }

            Volatile.Write(ref _cancelled, true);
            runs = HasStarted;
            if (runs)
            {
                Volatile.Write(ref _due, due);
            }
            else
            {
                (_outcome, _ended, _work) = (WorkOutcome.Cancelled, true, null);
            }
        }

        if (!runs)
        {
            _runner.Withdraw(this);
            return false;
        }

        _runner.DueTimer.ArmBy(due);
        return true;
    }

    /// <summary>Cancels the token and runs the callbacks that the work registered on it, on this thread. One that throws does not affect the others.</summary>
    public void Notify()
    {
        Contained.Run(this, static item => item._stop.Cancel(), static (item, exception) => item._runner.Reports.CallbackFailed(item, exception));
        Volatile.Write(ref _notified, true);
    }

    public async Task ExecuteAsync()
    {
        var now = _runner.Time.GetTimestamp();
        var due = IsLoop ? long.MaxValue : _runner.DueTimer.After(Deadline, now);
        if (!TryStart(now, due, out var work))
        {
            return;
        }

        _runner.DueTimer.ArmBy(due);
        _runner.Reports.Started(this);
        BackgroundScope? scope = null;
        var (outcome, failure) = (WorkOutcome.Succeeded, (Exception?)null);
        try
        {
            scope = WorkContext.BeginOrigin(_runner.Origins, this);
            using var activity = WorkContext.StartActivity(this);
            await (work(_stop.Token) ?? throw new InvalidOperationException($"The background work \"{Name}\" returned null instead of a task."));
        }
        catch (OperationCanceledException) when (IsCancelled)
        {
            outcome = _deadlinePassed ? WorkOutcome.TimedOut : WorkOutcome.Cancelled;
        }
#pragma warning disable CA1031 // No caller awaits the work: its failure is logged and counted.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (outcome, failure) = (WorkOutcome.Failed, exception);
        }

        scope?.EndOrigin();
        _runner.End(this, outcome, failure);
    }

    /// <summary>Sets the outcome unless there is one: abandoned work that ends later stays <see cref="WorkOutcome.Abandoned"/>.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="ended">Whether the work no longer runs.</param>
    public bool TrySetOutcome(WorkOutcome outcome, bool ended)
    {
        lock (_stop)
        {
            if (ended)
            {
                _ended = true;
                Volatile.Write(ref _due, long.MaxValue);
            }

            if (_outcome is not null)
            {
                return false;
            }

            _outcome = outcome;
            return true;
        }
    }

    /// <summary>Completes <see cref="Completion"/> with the outcome.</summary>
    public void Complete()
    {
        lock (_stop)
        {
            _completed = true;
            _completion?.TrySetResult(_outcome!.Value);
        }
    }

    /// <summary>Takes the action that is due: first the deadline stops the work and starts the grace period; the end of that abandons the work.</summary>
    /// <returns>The action, to be run outside any lock; null if none is due.</returns>
    public Action? TakeDue(long now)
    {
        lock (_stop)
        {
            if (_due > now)
            {
                return null;
            }

            if (IsCancelled)
            {
                Volatile.Write(ref _due, long.MaxValue);
                return () => _runner.Abandon(this);
            }

            Volatile.Write(ref _deadlinePassed, true);
            Volatile.Write(ref _due, _runner.DueTimer.After(_runner.Settings.Value.GracePeriod, _due));
            return Notify;
        }
    }

    private async Task NotifyAsync()
    {
        try
        {
            await _stop.CancelAsync();
        }
#pragma warning disable CA1031 // A callback that the work registered on its token; the work is cancelled anyway.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _runner.Reports.CallbackFailed(this, exception);
        }
    }

    private bool TryStart(long now, long due, [NotNullWhen(true)] out Func<CancellationToken, Task>? work)
    {
        lock (_stop)
        {
            work = _work;
            if (work is null)
            {
                return false;
            }

            // A caller that keeps the item does not keep what the work captured.
            (HasStarted, _work, StartTimestamp) = (true, null, now);
            Volatile.Write(ref _due, due);
            return true;
        }
    }
}
