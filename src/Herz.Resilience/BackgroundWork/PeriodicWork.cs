namespace Herz.Resilience.BackgroundWork;

/// <summary>Offers a run one period after the previous run has ended, so runs never overlap, however long one takes.</summary>
internal sealed class PeriodicWork : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WorkRunner _runner;
    private readonly TimeSpan _period;
    private readonly Func<WorkItem> _create;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _closing;
    private WorkItem? _current;
    private bool _disposed;

    public PeriodicWork(WorkRunner runner, TimeSpan period, Func<WorkItem> create)
    {
        _runner = runner;
        _period = period;
        _create = create;

        // One timer for all runs: one that a run created would keep the context of that run.
        _timer = runner.Time.CreateTimer(static state => ((PeriodicWork)state!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // A run that has been accepted is drained like all work.
        _closing = runner.Closing.UnsafeRegister(static state => ((PeriodicWork)state!).Stop(), this);
        Arm();
    }

    public void Dispose()
    {
        Stop()?.Cancel();
        _closing.Dispose();
    }

    private WorkItem? Stop()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
            return _current;
        }
    }

    private void Run()
    {
        if (Volatile.Read(ref _disposed))
        {
            return;
        }

        var item = _create();
        item.OnEnded = Arm;
        if (_runner.Offer(item, out var reason) is null)
        {
            if (!_runner.Closing.IsCancellationRequested)
            {
                _runner.Reports.PeriodicRejected(item, reason!);
            }

            Arm();
            return;
        }

        if (!TryKeep(item))
        {
            item.Cancel();
        }
    }

    // False if the work was stopped meanwhile. A shutdown drains the run instead.
    private bool TryKeep(WorkItem item)
    {
        lock (_lock)
        {
            _current = item;
            return !_disposed || _runner.Closing.IsCancellationRequested;
        }
    }

    private void Arm()
    {
        lock (_lock)
        {
            _current = null;
            if (!_disposed)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
