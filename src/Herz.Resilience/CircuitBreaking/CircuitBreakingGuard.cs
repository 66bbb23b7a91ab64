using System.Collections.Concurrent;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>Asks the circuit of the endpoint, and tells it how the request ended.</summary>
internal sealed class CircuitBreakingGuard : RequestGuard
{
    private readonly ConcurrentDictionary<string, EndpointCircuit> _circuits = new(StringComparer.Ordinal);
    private readonly ICircuitObserver[] _observers;
    private readonly TimeProvider _time;
    private readonly RefusalCounter _refusals;
    private readonly GuardFaults _faults;
    private readonly CircuitBreakingMetrics _metrics;
    private readonly ILogger<CircuitBreakingGuard> _logger;
    private volatile CircuitPlan _plan = null!;

    public CircuitBreakingGuard(
        Settings<CircuitBreakingOptions> settings,
        IEnumerable<ICircuitObserver> observers,
        TimeProvider time,
        RefusalCounter refusals,
        GuardFaults faults,
        CircuitBreakingMetrics metrics,
        ILogger<CircuitBreakingGuard> logger)
    {
        _observers = [.. observers];
        _time = time;
        _refusals = refusals;
        _faults = faults;
        _metrics = metrics;
        _logger = logger;
        settings.Follow((options, mode) => _plan = new CircuitPlan(options, mode));
        metrics.Observe(() => _circuits.Values);
    }

    public override string Name => GuardNames.CircuitBreaking;

    public override GuardPhases Phases => GuardPhases.Enter | GuardPhases.Exit;

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode == GuardMode.Off || Find(plan, endpoint) is not { } circuit)
        {
            return default;
        }

        var now = circuit.Status == CircuitStatus.Closed ? scope.StartTimestamp : _time.GetTimestamp();
        if (circuit.TryEnter(now, out scope.State(this), out var retryAfter))
        {
            return default;
        }

        var refusal = Refuse(circuit, retryAfter);
        if (plan.Mode == GuardMode.Enforce)
        {
            return new(refusal);
        }

        _refusals.Count(refusal, enforced: false);
        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        var ticket = scope.State(this);
        if (ticket != EndpointCircuit.NoTicket && scope.Entered is { } endpoint && endpoint.Part(this) is EndpointPart { Circuit: { } circuit })
        {
            bool? success = outcome.Kind is OutcomeKind.Refused or OutcomeKind.ClientGone ? null : !outcome.IsFailure;
            circuit.Leave(ticket, success);
        }
    }

    private EndpointCircuit? Find(CircuitPlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is EndpointPart known && known.Plan == plan)
        {
            return known.Circuit;
        }

        EndpointCircuit? circuit = null;
        if (endpoint.Metadata.GetMetadata<DisableHerzCircuitBreakingAttribute>() is null)
        {
            circuit = _circuits.GetOrAdd(endpoint.Key, key => new EndpointCircuit(key, _time, OnChange));
            circuit.Apply(plan.Of(endpoint.Route));
        }

        part = new EndpointPart(plan, circuit);
        return circuit;
    }

    private static Refusal Refuse(EndpointCircuit circuit, TimeSpan retryAfter) => new()
    {
        Guard = GuardNames.CircuitBreaking,
        Rule = circuit.Key,
        StatusCode = StatusCodes.Status503ServiceUnavailable,
        Type = ProblemTypes.CircuitOpen,
        Title = "This endpoint is failing and is given time to recover.",
        Detail = "Wait for the time in Retry-After before the next request.",
        RetryAfter = retryAfter,
    };

    private void OnChange(CircuitChange change)
    {
        _metrics.Changed(change);
        if (change.To == CircuitStatus.Open)
        {
            _logger.CircuitOpened(change.Endpoint, change.BreakDuration!.Value);
        }
        else
        {
            _logger.CircuitChanged(change.Endpoint, change.From, change.To);
        }

        foreach (var observer in _observers)
        {
            try
            {
                observer.OnCircuitChanged(change);
            }
#pragma warning disable CA1031 // See GuardFaults.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _faults.Report(Name, "hook", exception);
            }
        }
    }

    private sealed record EndpointPart(CircuitPlan Plan, EndpointCircuit? Circuit);
}
