using Herz.Resilience.BackgroundWork.Queueing;
using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Starts work when the queue allows it, enforces its deadline, and ends it.</summary>
internal sealed class WorkRunner : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WorkQueue<WorkItem> _queue = new(0, 0);
    private readonly WorkList _known = new();
    private readonly WorkKeys _keys = new();
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _idle;
    private int _abandoned;
    private volatile bool _closed;

    public WorkRunner(Settings<BackgroundWorkOptions> settings, TimeProvider time, OriginRegistry origins, BackgroundWorkMetrics metrics, WorkReports reports)
    {
        Settings = settings;
        Time = time;
        Origins = origins;
        Reports = reports;
        DueTimer = new DueTimer(time, RunDue);
        settings.Follow((options, _) => Resize(options));
        metrics.Observe(() => (_queue.Running, _queue.Waiting));
        origins.PendingWork = () => _queue.Running + _queue.Waiting;
    }

    public Settings<BackgroundWorkOptions> Settings { get; }

    public TimeProvider Time { get; }

    public OriginRegistry Origins { get; }

    public WorkReports Reports { get; }

    /// <summary>The timer for the deadlines and grace periods of all work.</summary>
    public DueTimer DueTimer { get; }

    /// <summary>Cancelled when no more work is accepted.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Offers a piece of work; returns null and a reason if it is refused.</summary>
    public WorkItem? Offer(WorkItem item, out string? reason)
    {
        QueueVerdict verdict;
        lock (_lock)
        {
            var mustWait = false;
            reason = null;
            if (item.Key is { } key && _keys.Find(item.Name, key, out mustWait) is { } same)
            {
                return same;
            }

            verdict = Offer_NeedsLock(item, mustWait);
            if (verdict == QueueVerdict.Refuse)
            {
                reason = _closed ? Closed(item) : $"The work \"{item.Name}\" was not accepted: {_queue.Running} run and {_queue.Waiting} wait; the limits are Herz:BackgroundWork:MaxConcurrency and QueueLimit.";
            }
            else
            {
                _known.Add(item);
                _keys.Add(item, mustWait);
            }
        }

        if (verdict == QueueVerdict.Refuse)
        {
            Reports.Rejected(item);
            return null;
        }

        if (verdict == QueueVerdict.Run)
        {
            Start(item);
        }

        return item;
    }

    /// <summary>Why no work is accepted after the shutdown has begun.</summary>
    public static string Closed(WorkItem item) => $"The work \"{item.Name}\" was not accepted: the app is shutting down.";

    /// <summary>Takes work that runs on its own thread, outside the queue; false if the app is shutting down.</summary>
    public bool TryTakeDedicated(WorkItem item)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _known.Add(item);
            }

            return !_closed;
        }
    }

    public void End(WorkItem item, WorkOutcome outcome, Exception? exception)
    {
        if (exception is not null)
        {
            Reports.Failed(item, exception);
        }

        Leave(item, outcome, wasAbandoned: !item.TrySetOutcome(outcome, ended: true));
    }

    /// <summary>Ends work that was cancelled before it started. Its place is free at once.</summary>
    public void Withdraw(WorkItem item) => Leave(item, WorkOutcome.Cancelled, wasAbandoned: false);

    /// <summary>Logs and counts work that ignored its token for the whole grace period. The work still occupies its place.</summary>
    public void Abandon(WorkItem item)
    {
        if (!item.TrySetOutcome(WorkOutcome.Abandoned, ended: false))
        {
            return;
        }

        Reports.Abandoned(item, Settings.Value.GracePeriod);
        lock (_lock)
        {
            if (item.IsListed)
            {
                item.IsAbandoned = true;
                _abandoned++;
                PassKey_NeedsLock(item);
            }
        }

        StartWaiting();
        item.Complete();
        CheckIdle();
    }

    /// <summary>Cancels all work that matches, without waiting for the callbacks on its tokens.</summary>
    public CallbackThreads Cancel(Func<WorkItem, bool> predicate) =>
        CallbackThreads.Notify([.. Snapshot().Where(predicate).Where(static item => item.TryCancel())]);

    /// <summary>The work that waits or runs, oldest first.</summary>
    public WorkItem[] Snapshot()
    {
        lock (_lock)
        {
            return _known.ToArray();
        }
    }

    /// <summary>Refuses new work from now on.</summary>
    /// <returns>Completes when all accepted work has ended or was abandoned.</returns>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _closing.Cancel();
        CheckIdle();
        return _idle.Task;
    }

    /// <summary>Cancels all work. A host that failed to start is disposed without having stopped.</summary>
    public void Dispose()
    {
        var idle = CloseAsync();
        Cancel(static _ => true);
        _ = DisposeTimerAsync(idle);
    }

    // The grace periods of the cancelled work need the timer.
    private async Task DisposeTimerAsync(Task idle)
    {
        await idle;
        DueTimer.Dispose();
    }

    private QueueVerdict Offer_NeedsLock(WorkItem item, bool mustWait)
    {
        if (_closed)
        {
            return QueueVerdict.Refuse;
        }

        var verdict = mustWait ? _queue.Hold(item, out var place) : _queue.Offer(item, item.Priority, out place);
        item.Place = place;
        return verdict;
    }

    private void Leave(WorkItem item, WorkOutcome outcome, bool wasAbandoned)
    {
        Reports.Ended(item, outcome, wasAbandoned);
        item.OnEnded?.Invoke();
        if (Forget(item) is { } next)
        {
            Start(next);
        }

        // Only now: a caller that awaits the work may offer the next.
        item.Complete();
        CheckIdle();
    }

    private WorkItem? Forget(WorkItem item)
    {
        lock (_lock)
        {
            _known.Remove(item);
            _abandoned -= item.IsAbandoned ? 1 : 0;
            PassKey_NeedsLock(item);
            if (!item.IsDedicated && (item.Place is not { } place || !_queue.Remove(place)))
            {
                _queue.Leave();
            }

            return _queue.TryNext(out var next) ? next : null;
        }
    }

    private void PassKey_NeedsLock(WorkItem item)
    {
        if (_keys.Remove(item) is { Place: { } place } successor)
        {
            _queue.Release(place, successor.Priority);
        }
    }

    private void CheckIdle()
    {
        if (!_closed)
        {
            return;
        }

        lock (_lock)
        {
            if (_known.Count == _abandoned)
            {
                _idle?.TrySetResult();
            }
        }
    }

    // Each action on its own thread: a callback that the app registered on one token must not delay the others.
    private long RunDue(long now)
    {
        var next = long.MaxValue;
        foreach (var item in Snapshot())
        {
            if (item.TakeDue(now) is { } act)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static act => act(), act, preferLocal: false);
            }

            next = Math.Min(next, item.Due);
        }

        return next;
    }

    private void Resize(BackgroundWorkOptions options)
    {
        lock (_lock)
        {
            _queue.MaxRunning = options.MaxConcurrency;
            _queue.MaxWaiting = options.QueueLimit;
        }

        StartWaiting();
    }

    private void StartWaiting()
    {
        while (true)
        {
            WorkItem next;
            lock (_lock)
            {
                if (!_queue.TryNext(out next))
                {
                    return;
                }
            }

            Start(next);
        }
    }

    // "Unsafe" omits the caller's execution context: the work must not keep its request alive.
    private static void Start(WorkItem item) =>
        ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.ExecuteAsync(), item, preferLocal: false);
}
