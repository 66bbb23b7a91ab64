using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Deadlines;

/// <summary>Gives each request its deadline on arrival, and the one of its route once that is known.</summary>
internal sealed class DeadlinesGuard : RequestGuard
{
    private readonly TimeProvider _time;
    private readonly DeadlineMetrics _metrics;
    private volatile DeadlinePlan _plan = null!;

    public DeadlinesGuard(Settings<DeadlinesOptions> settings, TimeProvider time, DeadlineMetrics metrics)
    {
        _time = time;
        _metrics = metrics;
        settings.Follow((options, mode) => _plan = new DeadlinePlan(options, mode));
    }

    public override string Name => GuardNames.Deadlines;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public DeadlinePlan Plan => _plan;

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        var plan = _plan;
        if (plan.Mode == GuardMode.Enforce)
        {
            scope.Deadline = After(scope.StartTimestamp, plan.Default.Api);
        }

        return default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode == GuardMode.Enforce)
        {
            var deadline = endpoint.IsStreaming ? long.MaxValue : After(scope.StartTimestamp, TiersOf(plan, endpoint).Api);
            if (deadline != scope.Deadline)
            {
                scope.Deadline = deadline;
            }
        }

        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.DeadlineExceeded)
        {
            _metrics.Exceeded(scope.Entered?.Route ?? "unmatched", enforced: true);
        }
        else if (_plan.Mode == GuardMode.Observe && IsLate(scope, outcome))
        {
            _metrics.Exceeded(scope.Entered?.Route ?? "unmatched", enforced: false);
        }
    }

    /// <summary>The tiers of a request's route, or those of every route.</summary>
    public TierTimes TiersOf(RequestScope? scope) => scope?.Entered is { } endpoint ? TiersOf(_plan, endpoint) : _plan.Default;

    private bool IsLate(RequestScope scope, in RequestOutcome outcome) =>
        scope.Entered is not { IsStreaming: true } && outcome.EndTimestamp > After(scope.StartTimestamp, TiersOf(scope).Api);

    // The lookup by text is done once per endpoint and plan.
    private TierTimes TiersOf(DeadlinePlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is not CompiledTiers compiled || compiled.Plan != plan)
        {
            part = compiled = new CompiledTiers(plan, plan.Of(endpoint.Route));
        }

        return compiled.Tiers;
    }

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * _time.TimestampFrequency);

    private sealed record CompiledTiers(DeadlinePlan Plan, TierTimes Tiers);
}
