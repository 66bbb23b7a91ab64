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
    private readonly Func<CancellationToken, Task> _work;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource<WorkOutcome>? _completion;
    private long _due = long.MaxValue;
    private WorkOutcome? _outcome;
    private bool _deadlinePassed;
    private bool _started;
    private bool _ended;

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
                if (_outcome is { } outcome)
                {
                    _completion.TrySetResult(outcome);
                }

                return _completion.Task;
            }
        }
    }

    public TimeSpan Deadline { get; }

    public ActivityContext Trace { get; }

    public long StartTimestamp { get; set; }

    public string? Key { get; init; }

    /// <summary>The neighbours in the runner's list.</summary>
    public WorkItem? Previous { get; set; }

    public WorkItem? Next { get; set; }

    /// <summary>Whether the work runs on its own thread, outside the queue.</summary>
    public bool IsDedicated { get; init; }

    /// <summary>Called when the work no longer runs, also if it was abandoned earlier.</summary>
    public Action? OnEnded { get; set; }

    public void Cancel()
    {
        Stop();
        if (!_deadlinePassed)
        {
            SetDue(_runner.Settings.Value.GracePeriod);
        }
    }

    // A callback that the work registered on its token may throw; the work is cancelled anyway.
    private void Stop() => Contained.Run(this, static item => item._stop.Cancel(), static (item, exception) => item._runner.LogFailure(item, exception));

    public bool IsCancelled => _stop.IsCancellationRequested;

    public async Task ExecuteAsync()
    {
        var now = _runner.Time.GetTimestamp();
        var due = Deadline == Timeout.InfiniteTimeSpan ? long.MaxValue : _runner.DueTimer.After(Deadline, now);
        if (!TryStart(due))
        {
            _runner.End(this, WorkOutcome.Cancelled, null);
            return;
        }

        StartTimestamp = now;
        _runner.DueTimer.ArmBy(due);
        OriginToken? origin = null;
        var (outcome, failure) = (WorkOutcome.Succeeded, (Exception?)null);
        try
        {
            origin = _runner.BeginOrigin(this);
            using var activity = WorkRunner.StartActivity(this);
            await (_work(_stop.Token) ?? throw new InvalidOperationException($"The background work \"{Name}\" returned null instead of a task."));
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

        origin?.End();
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
            _completion?.TrySetResult(outcome);
            return true;
        }
    }

    /// <summary>The timestamp at which the deadline or the grace period ends; <see cref="long.MaxValue"/> for never.</summary>
    public long Due => Volatile.Read(ref _due);

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

            if (IsCancelled || _deadlinePassed)
            {
                Volatile.Write(ref _due, long.MaxValue);
                return () => _runner.Abandon(this);
            }

            _deadlinePassed = true;
            Volatile.Write(ref _due, _runner.DueTimer.After(_runner.Settings.Value.GracePeriod, _due));
            return Stop;
        }
    }

    private bool TryStart(long due)
    {
        lock (_stop)
        {
            if (IsCancelled)
            {
                return false;
            }

            _started = true;
            Volatile.Write(ref _due, due);
            return true;
        }
    }

    private void SetDue(TimeSpan time)
    {
        var due = _runner.DueTimer.After(time);
        lock (_stop)
        {
            // Queued work needs no grace period: it ends when it is dequeued.
            if (!_started || _ended)
            {
                return;
            }

            Volatile.Write(ref _due, due);
        }

        _runner.DueTimer.ArmBy(due);
    }
}
