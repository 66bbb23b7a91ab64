using Microsoft.Extensions.Logging;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Offers a run one period after the previous run has ended, so runs never overlap, however long one takes.</summary>
internal sealed class PeriodicWork : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WorkRunner _runner;
    private readonly ILogger _logger;
    private readonly TimeSpan _period;
    private readonly Func<WorkItem> _create;
    private ITimer? _timer;
    private WorkItem? _current;
    private bool _disposed;

    public PeriodicWork(WorkRunner runner, ILogger logger, TimeSpan period, Func<WorkItem> create)
    {
        _runner = runner;
        _logger = logger;
        _period = period;
        _create = create;
        Arm();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer?.Dispose();
        }

        _current?.Cancel();
    }

    private void Run()
    {
        var item = _create();
        item.OnEnded = Arm;
        _current = item;
        if (_runner.Offer(item, out var reason) is null)
        {
            _runner.TryReport((_, item) => _logger.PeriodicRejected(item.Name, reason!), item);
            Arm();
        }
    }

    private void Arm()
    {
        lock (_lock)
        {
            if (!_disposed && !_runner.IsClosed)
            {
                _timer?.Dispose();
                _timer = _runner.Time.CreateTimer(static state => ((PeriodicWork)state!).Run(), this, _period, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
