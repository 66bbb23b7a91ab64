using Herz.Resilience.CircuitBreaking.Changes;
using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>Asks the circuit of the endpoint whether a request may enter, and reports the outcome to it.</summary>
internal sealed class CircuitBreakingGuard : RequestGuard
{
    private readonly CircuitRegistry _circuits;
    private readonly CircuitNotices _notices;
    private readonly TimeProvider _time;
    private readonly RefusalCounter _refusals;
    private volatile CircuitPlan _plan = null!;

    public CircuitBreakingGuard(
        Settings<CircuitBreakingOptions> settings,
        CircuitRegistry circuits,
        IEnumerable<ICircuitObserver> observers,
        TimeProvider time,
        RefusalCounter refusals,
        GuardFaults faults,
        CircuitBreakingMetrics metrics,
        ILogger<CircuitBreakingGuard> logger)
    {
        _notices = new CircuitNotices(observers, () => _plan.OnChange, faults, metrics, logger);
        _circuits = circuits;
        _time = time;
        _refusals = refusals;
        settings.Follow((options, mode) => _plan = new CircuitPlan(options, mode));
        metrics.Observe(() => circuits.All);
    }

    public override GuardPlace Place => GuardPlace.CircuitBreaking;

    public override GuardPhases Phases => GuardPhases.Enter | GuardPhases.Exit;

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode == EnforcementMode.Off || Find(plan, endpoint) is not { Circuit: { } circuit } part)
        {
            return default;
        }

        ref var ticket = ref scope.State(this);
        if (circuit.Status == CircuitStatus.Closed && circuit.TryEnter(scope.StartTimestamp, out ticket, out _))
        {
            return default;
        }

        if (circuit.TryEnter(_time.GetTimestamp(), out ticket, out var retryAfter))
        {
            TrackProbe(scope, circuit, ticket);
            return default;
        }

        var refusal = Refuse(circuit, retryAfter);
        if (part.Remedy is null)
        {
            return new(refusal);
        }

        _refusals.Count(refusal, enforced: false);
        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        var ticket = scope.State(this);
        if (ticket == Circuit.NoTicket || scope.Entered is not { } endpoint || endpoint.Part(this) is not CircuitPart { Circuit: { } circuit } part)
        {
            return;
        }

        bool? success = outcome.Kind is OutcomeKind.Refused or OutcomeKind.ClientGone ? null : !outcome.IsFailure;
        var source = circuit.UsesSources || success == false ? SourceOf(scope.Context) : default;
        if (circuit.Leave(ticket, success, outcome.EndTimestamp, source, outcome.EndTimestamp - scope.StartTimestamp - scope.ClientTicks) is { } sources)
        {
            _notices.Concentrated(part, sources, scope.Context?.Request.Path.Value);
        }
    }

    private static RequestSource SourceOf(HttpContext? context) => context is null ? default : new(
        HashCode.Combine(context.Request.Path.Value, context.Request.QueryString.Value),
        context.Connection.RemoteIpAddress?.GetHashCode() ?? 0);

    private static void TrackProbe(RequestScope scope, Circuit circuit, long ticket)
    {
        if (circuit.Status == CircuitStatus.HalfOpen)
        {
            scope.WatchAnswer();
            circuit.TrackProbe(ticket, () => scope.AnswerTimestamp != 0 && scope.Context is { Response.StatusCode: < 500 });
        }
    }

    private CircuitPart Find(CircuitPlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is CircuitPart known && known.Plan == plan)
        {
            return known;
        }

        var compiled = Compile(plan, endpoint);
        part = compiled;
        return compiled;
    }

    private CircuitPart Compile(CircuitPlan plan, GuardedEndpoint endpoint)
    {
        if (endpoint.IsHealthCheck || endpoint.IsStaticAsset || endpoint.Metadata.GetMetadata<DisableHerzCircuitBreakingAttribute>() is not null)
        {
            return new(plan, null, null);
        }

        var rules = plan.Of(endpoint, out var isNamed);
        var remedy = plan.Mode != EnforcementMode.Enforce ? "the mode is Observe; to enforce the circuit, set Herz:CircuitBreaking:Mode to Enforce"
            : endpoint.IsCatchAll && !isNamed ? $"a catch-all route serves many kinds of requests; to enforce the circuit, add {{ \"Pattern\": \"{endpoint.Route}\" }} to Herz:CircuitBreaking:Routes"
            : null;
        var circuit = _circuits.GetOrAdd(endpoint.Key, static (key, guard) => new Circuit(key, guard._time, guard._notices.Changed, CircuitDirection.Inbound, Random.Shared), this);
        circuit.Apply(rules);
        var part = new CircuitPart(plan, circuit, remedy);
        _notices.Follow(part);
        return part;
    }

    private static Refusal Refuse(Circuit circuit, TimeSpan retryAfter) => new()
    {
        Guard = GuardPlace.CircuitBreaking.Name(),
        Rule = circuit.Name,
        StatusCode = StatusCodes.Status503ServiceUnavailable,
        Type = ProblemTypes.CircuitOpen,
        Title = "This endpoint is failing and is given time to recover.",
        Detail = "Wait for the time in Retry-After before the next request.",
        RetryAfter = retryAfter,
    };
}
