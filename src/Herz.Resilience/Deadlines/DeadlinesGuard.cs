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
/// Gives each request the deadline of its endpoint, or of its path where one is configured for that, and learns from every
/// answer whether a tier that nobody configured fits.
/// </summary>
internal sealed class DeadlinesGuard : RequestGuard
{
    // Where the framework's own timeout runs, it goes first, so that its answer is sent; this is what comes if it does not.
    private static readonly TimeSpan s_afterFramework = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, RouteWatch> _watches = new(StringComparer.Ordinal);
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

    /// <summary>What is no endpoint has a deadline only where its path is configured.</summary>
    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        var plan = _plan;
        if (plan.Mode != EnforcementMode.Off && _paths.Of(plan) is { } paths && scope.Context is { } context && context.GetEndpoint() is null
            && paths.Find(context.Request.Path) is { Source: TierSource.Configured } tier)
        {
            Begin(scope, plan, tier, tier.Ticks);
        }

        return default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode != EnforcementMode.Off)
        {
            var tier = TierOf(plan, endpoint);
            var ticks = !tier.IsEnforced ? long.MaxValue : tier.Source == TierSource.Framework ? AfterFramework(scope, tier) : tier.Ticks;
            Begin(scope, plan, tier, ticks);
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

        var tier = scope.Entered is { } endpoint ? EnteredOf(endpoint) : PathOf(plan, scope, outcome);
        if (tier is not null)
        {
            _answers.Add(scope, in outcome, tier);
        }
        else if (outcome.Kind == OutcomeKind.DeadlineExceeded)
        {
            _metrics.Exceeded("unmatched", enforced: true);
        }
    }

    /// <summary>The tiers of a request's route, or those of every route.</summary>
    public TierTimes TiersOf(RequestScope? scope)
    {
        var plan = _plan;
        return scope?.Entered is { } endpoint ? TierOf(plan, endpoint).Times
            : scope?.Context is { } context && _paths.Of(plan)?.Find(context.Request.Path) is { } tier ? tier.Times
            : plan.Default;
    }

    private static void Begin(RequestScope scope, DeadlinePlan plan, RouteTier tier, long ticks)
    {
        if (tier.Watch.TakesLong)
        {
            scope.WatchAnswer();
        }

        var deadline = plan.Mode != EnforcementMode.Enforce || ticks == long.MaxValue ? long.MaxValue : scope.StartTimestamp + ticks;
        if (deadline != scope.Deadline)
        {
            scope.Deadline = deadline;
        }
    }

    private long AfterFramework(RequestScope scope, RouteTier tier)
    {
        if (scope.Context is not { } context || context.Features.Get<IHttpRequestTimeoutFeature>() is not { } timeout)
        {
            return tier.Ticks;
        }

        context.Features.Set<IHttpRequestTimeoutFeature>(new FrameworkTimeoutLink(scope, timeout));
        return _time.GetTimestamp() - scope.StartTimestamp + tier.Ticks + Ticks(s_afterFramework);
    }

    // The guard is not asked about files and health checks, so it says nothing about them either.
    private RouteTier? EnteredOf(GuardedEndpoint endpoint) =>
        endpoint.IsStaticAsset || endpoint.IsHealthCheck ? null : endpoint.Part(this) as RouteTier;

    // Looked up again only for the rare request that may have been late.
    private RouteTier? PathOf(DeadlinePlan plan, RequestScope scope, in RequestOutcome outcome) =>
        _paths.Of(plan) is { } paths && outcome.EndTimestamp - scope.StartTimestamp > paths.Shortest && scope.Context is { } context
            ? paths.Find(context.Request.Path)
            : null;

    // The look-up by text is done once per endpoint and plan.
    private RouteTier TierOf(DeadlinePlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is RouteTier known && known.Plan == plan)
        {
            return known;
        }

        var watch = _watches.GetOrAdd(endpoint.Key, static (_, state) =>
            new RouteWatch(state.endpoint.Label, state.endpoint.Original is RouteEndpoint ? state.endpoint.Route : null, state._time), (endpoint, _time));
        var (times, source) = plan.Of(endpoint, _framework);
        var tier = new RouteTier(plan, times, source, source == TierSource.None ? long.MaxValue : Ticks(times.Api), watch);
        part = watch.Tier = tier;
        return tier;
    }

    private IEnumerable<(string Endpoint, int State)> States()
    {
        var enforce = _plan.Mode == EnforcementMode.Enforce;
        foreach (var (key, watch) in _watches)
        {
            if (watch.Tier is { Source: not TierSource.None } tier)
            {
                yield return (key, !enforce || !tier.IsEnforced ? 0 : tier.Source == TierSource.Default ? 1 : 2);
            }
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
