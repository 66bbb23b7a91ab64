using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health.Lifecycle;

/// <summary>The phase of the app; only legal changes happen, and each is logged, counted and observed.</summary>
internal sealed class AppLifecycle : IAppLifecycle
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly OrderedDelivery<LifecycleChange> _changes;
    private readonly HealthMetrics _metrics;
    private readonly ILogger<AppLifecycle> _logger;
    private readonly ILifecycleObserver[] _observers;
    private volatile LifecyclePhase _phase;

    public AppLifecycle(IEnumerable<ILifecycleObserver> observers, HealthMetrics metrics, TimeProvider time, ILogger<AppLifecycle> logger)
    {
        _observers = [.. observers];
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _changes = new OrderedDelivery<LifecycleChange>(Notify);
        metrics.ObservePhase(() => _phase);
    }

    public LifecyclePhase Phase => _phase;

    /// <summary>When the app began to drain.</summary>
    public long DrainingSince { get; private set; }

    public bool Fault(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return TryMove(LifecyclePhase.Faulted, reason);
    }

    /// <summary>Moves to a phase; false if the current one does not lead there.</summary>
    public bool TryMove(LifecyclePhase to, string reason)
    {
        lock (_lock)
        {
            if (!IsLegal(_phase, to))
            {
                return false;
            }

            _changes.Add(new LifecycleChange(_phase, to, reason, _time.GetUtcNow()));
            if (to == LifecyclePhase.Draining)
            {
                DrainingSince = _time.GetTimestamp();
            }

            _phase = to;
        }

        _changes.Deliver();
        return true;
    }

    /// <summary>The pure core. An app may stop in any phase; nothing leads back.</summary>
    public static bool IsLegal(LifecyclePhase from, LifecyclePhase to) => (from, to) switch
    {
        (LifecyclePhase.Initializing, LifecyclePhase.Running or LifecyclePhase.Faulted or LifecyclePhase.Draining) => true,
        (LifecyclePhase.Running, LifecyclePhase.Faulted or LifecyclePhase.Draining) => true,
        (LifecyclePhase.Faulted, LifecyclePhase.Draining) => true,
        (LifecyclePhase.Draining, LifecyclePhase.Stopped) => true,
        _ => false,
    };

    private void Notify(LifecycleChange change)
    {
        Try(() => _metrics.PhaseChanged(change.To));
        Try(() => _logger.PhaseChanged(change.From, change.To, change.Reason));
        foreach (var observer in _observers)
        {
            Try(() => observer.OnLifecycleChanged(change));
        }
    }

    private void Try(Action notify) => Contained.Run(notify, _logger.ObserverFailed);
}
