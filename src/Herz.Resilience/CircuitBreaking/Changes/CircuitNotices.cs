using System.Collections.Concurrent;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking.Changes;

/// <summary>Counts and logs the state changes of circuits and notifies the observers.</summary>
internal sealed class CircuitNotices(
    IEnumerable<ICircuitObserver> observers, Func<Action<CircuitChange>?> onChange, GuardFaults faults, CircuitBreakingMetrics metrics, ILogger logger)
{
    private readonly ICircuitObserver[] _observers = [.. observers];
    private readonly ConcurrentDictionary<string, CircuitPart> _parts = new(StringComparer.Ordinal);

    /// <summary>Sets the part in force of a circuit.</summary>
    public void Follow(CircuitPart part) => _parts[part.Circuit!.Name] = part;

    /// <summary>A circuit has changed its state. A fault in one listener, log or observer does not affect the others.</summary>
    public void Changed(CircuitChange change)
    {
        Try("metrics", () => metrics.Changed(change));
        Try("log", () => Log(change));
        foreach (var observer in _observers)
        {
            Try("hook", () => observer.OnCircuitChanged(change));
        }

        Try("hook", () => onChange()?.Invoke(change));
    }

    /// <summary>A circuit stays closed because only few paths or clients fail.</summary>
    public void Concentrated(CircuitPart part, string sources, string? path)
    {
        var endpoint = part.Circuit!.Name;
        if (part.Remedy is null)
        {
            logger.FailuresConcentrated(endpoint, path ?? "", sources);
        }
        else if (part.TakeRemedyLog())
        {
            logger.CircuitObserves(endpoint, $"only for {sources}, most recently {path}", part.Remedy);
        }
    }

    private void Log(CircuitChange change)
    {
        if (_parts.TryGetValue(change.Name, out var part) && part.Remedy is { } remedy)
        {
            if (change.To == CircuitStatus.Open && part.TakeRemedyLog())
            {
                logger.CircuitObserves(change.Name, change.Reason, remedy);
            }

            logger.ObservedCircuitChanged(change.Name, change.From, change.To, change.Reason);
        }
        else if (change.To == CircuitStatus.Open)
        {
            logger.CircuitOpened(change.Name, change.BreakDuration!.Value, change.Reason);
        }
        else
        {
            logger.CircuitChanged(change.Name, change.From, change.To, change.Reason);
        }
    }

    private void Try(string moment, Action notify) => faults.Contain(GuardPlace.CircuitBreaking.Name(), moment, notify, static notify => notify());
}
