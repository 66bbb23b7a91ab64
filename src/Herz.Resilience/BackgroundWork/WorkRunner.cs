using System.Diagnostics;
using Herz.Resilience.BackgroundWork.Queueing;
using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Starts work when the queue allows it, enforces its deadline, and ends it.</summary>
internal sealed class WorkRunner : IDisposable
{
    private static readonly ActivitySource s_activities = new(HerzMeter.Name);

    private readonly Lock _lock = new();
    private readonly WorkQueue<WorkItem> _queue = new(0, 0);
    private readonly WorkList _known = new();
    private readonly Dictionary<string, WorkItem> _keys = new(StringComparer.Ordinal);
    private readonly BackgroundWorkMetrics _metrics;
    private readonly OriginRegistry _origins;
    private readonly ILogger<WorkRunner> _logger;
    private TaskCompletionSource? _idle;
    private volatile bool _closed;

    public WorkRunner(Settings<BackgroundWorkOptions> settings, TimeProvider time, BackgroundWorkMetrics metrics, OriginRegistry origins, ILogger<WorkRunner> logger)
    {
        Settings = settings;
        Time = time;
        DueTimer = new DueTimer(time, RunDue);
        _metrics = metrics;
        _origins = origins;
        _logger = logger;
        settings.Follow((options, _) => Resize(options));
        metrics.Observe(() => (_queue.Running, _queue.Waiting));
        origins.PendingWork = () => _queue.Running + _queue.Waiting;
    }

    public Settings<BackgroundWorkOptions> Settings { get; }

    public TimeProvider Time { get; }

    /// <summary>The timer for the deadlines and grace periods of all work.</summary>
    public DueTimer DueTimer { get; }

    /// <summary>Whether the app is shutting down.</summary>
    public bool IsClosed => _closed;

    /// <summary>Offers a piece of work; returns null and a reason if it is refused.</summary>
    public WorkItem? Offer(WorkItem item, out string? reason)
    {
        QueueVerdict verdict;
        lock (_lock)
        {
            reason = null;
            if (item.Key is { } key && _keys.TryGetValue(key, out var same))
            {
                return same;
            }

            verdict = _closed ? QueueVerdict.Refuse : _queue.Offer(item, item.Priority);
            if (verdict == QueueVerdict.Refuse)
            {
                reason = _closed
                    ? $"The work \"{item.Name}\" was not accepted: the app is shutting down."
                    : $"The work \"{item.Name}\" was not accepted: {_queue.Running} run and {_queue.Waiting} wait; the limits are Herz:BackgroundWork:MaxConcurrency and QueueLimit.";
            }
            else
            {
                Remember_NeedsLock(item);
            }
        }

        if (verdict == QueueVerdict.Refuse)
        {
            TryReport(static (runner, item) => runner._metrics.Rejected(item.Name), item);
            return null;
        }

        if (verdict == QueueVerdict.Run)
        {
            Start(item);
        }

        return item;
    }

    /// <summary>Takes work that runs on its own thread, outside the queue; false if the app is shutting down.</summary>
    public bool TryTakeDedicated(WorkItem item)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            Remember_NeedsLock(item);
            return true;
        }
    }

    public void End(WorkItem item, WorkOutcome outcome, Exception? exception)
    {
        if (exception is not null)
        {
            LogFailure(item, exception);
        }

        var isFirst = item.TrySetOutcome(outcome, ended: true);
        Contained.Run((Runner: this, item, outcome, isFirst), static end => end.Runner.ReportEnd(end.item, end.outcome, end.isFirst));
        item.OnEnded?.Invoke();
        Forget(item);
    }

    /// <summary>Logs and counts work that ignored its token for the whole grace period. The work still occupies its place.</summary>
    public void Abandon(WorkItem item)
    {
        if (item.TrySetOutcome(WorkOutcome.Abandoned, ended: false))
        {
            TryReport(
                static (runner, item) =>
                {
                    runner._logger.WorkAbandoned(item.Name, item.Origin, runner.Settings.Value.GracePeriod);
                    runner._metrics.Completed(item, WorkOutcome.Abandoned, runner.Time);
                },
                item);
        }
    }

    /// <summary>Logs or counts. If the app's log provider or meter listener throws, the process must not end and the place of the work must be freed.</summary>
    public void TryReport(Action<WorkRunner, WorkItem> report, WorkItem item) =>
        Contained.Run((Runner: this, item, report), static call => call.report(call.Runner, call.item));

    public void LogFailure(WorkItem item, Exception exception) =>
        TryReport((runner, item) => runner._logger.WorkFailed(item.Name, item.Origin, exception), item);

    /// <summary>Puts the origin token, by which leaks of the work are found, into the work's execution context.</summary>
    /// <returns>The token that ends with the work; null for a loop, which may run for ever.</returns>
    public OriginToken? BeginOrigin(WorkItem item)
    {
        if (item.Deadline == Timeout.InfiniteTimeSpan)
        {
            EndlessOrigin.Begin(_origins.Of(item.Name, OriginKind.Loop));
            return null;
        }

        var token = _origins.Of(item.Name, OriginKind.Work).Take();
        AmbientWork.Current = new BackgroundScope { Origin = token };
        return token;
    }

    public static Activity? StartActivity(WorkItem item) => s_activities.HasListeners()
        ? s_activities.StartActivity(item.Name, ActivityKind.Internal, default(ActivityContext), links: item.Trace == default ? null : [new ActivityLink(item.Trace)])
        : null;

    /// <summary>The work that waits or runs, oldest first.</summary>
    public WorkItem[] Snapshot()
    {
        lock (_lock)
        {
            return _known.ToArray();
        }
    }

    /// <summary>Refuses new work from now on.</summary>
    /// <returns>Completes when all accepted work has ended.</returns>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_known.Count == 0)
            {
                _idle.TrySetResult();
            }

            return _idle.Task;
        }
    }

    public void Dispose() => DueTimer.Dispose();

    private void ReportEnd(WorkItem item, WorkOutcome outcome, bool isFirst)
    {
        if (!isFirst)
        {
            _logger.WorkEndedAfterAll(item.Name, item.Origin);
            return;
        }

        _metrics.Completed(item, outcome, Time);
        if (outcome == WorkOutcome.TimedOut)
        {
            _logger.WorkTimedOut(item.Name, item.Origin, item.Deadline);
        }
    }

    private void Remember_NeedsLock(WorkItem item)
    {
        _known.Add(item);
        if (item.Key is { } key)
        {
            _keys[key] = item;
        }
    }

    private void Forget(WorkItem item)
    {
        WorkItem? next = null;
        lock (_lock)
        {
            _known.Remove(item);
            if (item.Key is { } key)
            {
                _keys.Remove(key);
            }

            if (!item.IsDedicated)
            {
                _queue.Leave();
                _queue.TryNext(out next);
            }

            if (_known.Count == 0)
            {
                _idle?.TrySetResult();
            }
        }

        if (next is not null)
        {
            Start(next);
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
