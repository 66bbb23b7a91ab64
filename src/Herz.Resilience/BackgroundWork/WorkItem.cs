using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.BackgroundWork;

/// <summary>One accepted piece of background work.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has no timer and no wait handle, and its token may be read after the work ended.")]
public sealed class WorkItem
{
    private readonly WorkRunner _runner;
    private readonly Func<CancellationToken, Task> _work;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource<WorkOutcome>? _completion;
    private ITimer? _timer;
    private WorkOutcome? _outcome;
    private bool _deadlinePassed;
    private bool _started;
    private bool _ended;

    internal WorkItem(WorkRunner runner, string name, string? origin, Func<CancellationToken, Task> work, TimeSpan deadline, WorkPriority priority)
    {
        _runner = runner;
        _work = work;
        Name = name;
        Origin = origin;
        Deadline = deadline;
        Priority = priority;
        Trace = Activity.Current?.Context ?? default;
    }

    /// <summary>The name it was given.</summary>
    public string Name { get; }

    /// <summary>The route of the request that asked for it; null outside of a request.</summary>
    public string? Origin { get; }

    /// <summary>Which waiting work runs first.</summary>
    public WorkPriority Priority { get; }

    /// <summary>
    /// Ends with the outcome, once the work ended or was abandoned; never faults, since the outcome tells a failure
    /// and the exception is logged.
    /// </summary>
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

    internal TimeSpan Deadline { get; }

    internal ActivityContext Trace { get; }

    internal long StartTimestamp { get; set; }

    internal string? Key { get; init; }

    /// <summary>Whether it runs on a thread of its own, outside of the queue.</summary>
    internal bool IsDedicated { get; init; }

    /// <summary>Called once the work no longer runs, also when it was abandoned before.</summary>
    internal Action? OnEnded { get; set; }

    /// <summary>Cancels the work's token. Work that has not begun does not run.</summary>
    public void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
#pragma warning disable CA1031 // A callback that the work registered on its token; the work is cancelled all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _runner.CallbackFailed(this, exception);
        }

        _runner.WatchGrace(this);
    }

    internal bool IsCancelled => _stop.IsCancellationRequested;

    internal async Task ExecuteAsync()
    {
        if (!TryStart())
        {
            _runner.End(this, WorkOutcome.Cancelled, null);
            return;
        }

        StartTimestamp = _runner.Time.GetTimestamp();
        var origin = _runner.TakeOrigin(this);
        OriginToken.Current = origin;
        if (Deadline != Timeout.InfiniteTimeSpan)
        {
            SetTimer(static state => ((WorkItem)state!).OnDeadline(), Deadline);
        }

        using var activity = WorkRunner.StartActivity(this);
        try
        {
            await _work(_stop.Token);
            _runner.End(this, WorkOutcome.Succeeded, null);
        }
        catch (OperationCanceledException) when (IsCancelled)
        {
            _runner.End(this, _deadlinePassed ? WorkOutcome.TimedOut : WorkOutcome.Cancelled, null);
        }
#pragma warning disable CA1031 // There is nobody else to tell: it is logged and counted.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _runner.End(this, WorkOutcome.Failed, exception);
        }
        finally
        {
            origin.End();
        }
    }

    /// <summary>Sets the outcome unless it has one: work that was abandoned keeps that when it ends after all.</summary>
    internal bool TrySetOutcome(WorkOutcome outcome)
    {
        lock (_stop)
        {
            if (_outcome is not null)
            {
                return false;
            }

            _outcome = outcome;
            _completion?.TrySetResult(outcome);
            return true;
        }
    }

    /// <summary>Marks that the work no longer runs, and lets go of its timer.</summary>
    internal void MarkEnded()
    {
        lock (_stop)
        {
            _ended = true;
            _timer?.Dispose();
            _timer = null;
        }

        OnEnded?.Invoke();
    }

    /// <summary>From now on it has the grace period to end.</summary>
    internal void StartGrace(TimeSpan grace) => SetTimer(static state => ((WorkItem)state!).Abandon(), grace);

    private void OnDeadline()
    {
        _deadlinePassed = true;
        Cancel();
    }

    private void Abandon() => _runner.Abandon(this);

    private bool TryStart()
    {
        lock (_stop)
        {
            return _started = !IsCancelled;
        }
    }

    private void SetTimer(TimerCallback callback, TimeSpan due)
    {
        lock (_stop)
        {
            // Work that waits for its turn has no grace to lose: it ends when its turn comes.
            if (_started && !_ended)
            {
                _timer?.Dispose();
                _timer = _runner.Time.CreateTimer(callback, this, due, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
