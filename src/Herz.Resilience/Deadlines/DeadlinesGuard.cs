using System.Collections.Concurrent;
using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines.Framework;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Deadlines;

/// <summary>
/// Gives each request the deadline of its endpoint, or of its path if one is configured. Learns from every answer whether the
/// default tier fits.
/// </summary>
internal sealed class DeadlinesGuard : RequestGuard
{
    // The framework's own timeout must expire first, so that its answer is sent. This deadline is the fallback.
    private static readonly TimeSpan s_afterFramework = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, RouteState> _states = new(StringComparer.Ordinal);
    private readonly FrameworkTimeouts _framework;
    private readonly PathTiersSource _paths;
    private readonly TimeProvider _time;
    private readonly DeadlineMetrics _metrics;
    private readonly LateAnswers _answers;
    private volatile DeadlinePlan _plan = null!;

    public DeadlinesGuard(
        Settings<DeadlinesOptions> settings,
        FrameworkTimeouts framework,
        PathTiersSource paths,
        TimeProvider time,
        DeadlineMetrics metrics,
        ILogger<DeadlinesGuard> logger)
    {
        _framework = framework;
        _paths = paths;
        _time = time;
        _metrics = metrics;
        _answers = new LateAnswers(time, metrics, logger);
        settings.Follow((options, mode) => _plan = new DeadlinePlan(options, mode));
        metrics.Observe(States);
    }

    public override GuardPlace Place => GuardPlace.Deadlines;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public DeadlinePlan Plan => _plan;

    /// <summary>A request without an endpoint has a deadline only if its path is configured.</summary>
    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        var plan = _plan;
        if (plan.Mode != EnforcementMode.Off && _paths.Of(plan) is { } paths && scope.Context is { } context && context.GetEndpoint() is null
            && paths.Find(context.Request.Path) is { Source: TierSource.Configured } tier)
        {
            Apply(scope, plan, tier, tier.Ticks);
        }

        return default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode != EnforcementMode.Off)
        {
            var tier = TierOf(plan, endpoint);
            var ticks = !tier.IsEnforced ? long.MaxValue : tier.Source == TierSource.Framework ? TicksAfterFramework(scope, tier) : tier.Ticks;
            Apply(scope, plan, tier, ticks);
        }

        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        var plan = _plan;
        if (plan.Mode == EnforcementMode.Off || outcome.Kind is OutcomeKind.Refused or OutcomeKind.ClientGone)
        {
            return;
        }

        var tier = scope.Entered is { } endpoint ? TierOfEntered(endpoint) : TierOfPath(plan, scope, outcome);
        if (tier is not null)
        {
            _answers.Add(scope, in outcome, tier);
        }
        else if (outcome.Kind == OutcomeKind.DeadlineExceeded)
        {
            _metrics.Exceeded("unmatched", enforced: true);
        }
    }

    /// <summary>The tiers of the request's route, or the tiers of all routes.</summary>
    public TierTimes TiersOf(RequestScope? scope)
    {
        var plan = _plan;
        return scope?.Entered is { } endpoint ? TierOf(plan, endpoint).Times
            : scope?.Context is { } context && _paths.Of(plan)?.Find(context.Request.Path) is { } tier ? tier.Times
            : plan.Default;
    }

    private static void Apply(RequestScope scope, DeadlinePlan plan, RouteTier tier, long ticks)
    {
        if (tier.State.TakesLong)
        {
            scope.WatchAnswer();
        }

        var deadline = plan.Mode != EnforcementMode.Enforce || ticks == long.MaxValue ? long.MaxValue : scope.StartTimestamp + ticks;
        if (deadline != scope.Deadline)
        {
            scope.Deadline = deadline;
        }
    }

    private long TicksAfterFramework(RequestScope scope, RouteTier tier)
    {
        if (scope.Context is not { } context || context.Features.Get<IHttpRequestTimeoutFeature>() is not { } timeout)
        {
            return tier.Ticks;
        }

        context.Features.Set<IHttpRequestTimeoutFeature>(new FrameworkTimeoutLink(scope, timeout));
        return _time.GetTimestamp() - scope.StartTimestamp + tier.Ticks + Ticks(s_afterFramework);
    }

    // The guard is not called for static files and health checks, so they are not counted.
    private RouteTier? TierOfEntered(GuardedEndpoint endpoint) =>
        endpoint.IsStaticAsset || endpoint.IsHealthCheck ? null : endpoint.Part(this) as RouteTier;

    // Looked up again only for the rare request that may have been late.
    private RouteTier? TierOfPath(DeadlinePlan plan, RequestScope scope, in RequestOutcome outcome) =>
        _paths.Of(plan) is { } paths && outcome.EndTimestamp - scope.StartTimestamp > paths.Shortest && scope.Context is { } context
            ? paths.Find(context.Request.Path)
            : null;

    // Cached, so that the lookup by text happens once per endpoint and plan.
    private RouteTier TierOf(DeadlinePlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is RouteTier known && known.Plan == plan)
        {
            return known;
        }

        var state = _states.GetOrAdd(endpoint.Key, static (_, args) =>
            new RouteState(args.endpoint.Label, args.endpoint.Original is RouteEndpoint ? args.endpoint.Route : null, args._time), (endpoint, _time));
        var (times, source) = plan.Of(endpoint, _framework);
        var tier = new RouteTier(plan, times, source, source == TierSource.None ? long.MaxValue : Ticks(times.Api), state);
        part = state.Tier = tier;
        return tier;
    }

    private IEnumerable<(string Endpoint, int State)> States()
    {
        var enforce = _plan.Mode == EnforcementMode.Enforce;
        foreach (var (key, state) in _states)
        {
            if (state.Tier is { Source: not TierSource.None } tier)
            {
                yield return (key, !enforce || !tier.IsEnforced ? 0 : tier.Source == TierSource.Default ? 1 : 2);
            }
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
