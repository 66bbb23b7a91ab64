using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// Asks every policy that applies. What was taken is given back when another policy or guard refuses, so that a
/// refusal costs nothing.
/// </summary>
internal sealed class RateLimitingGuard : RequestGuard
{
    private readonly BucketClock _clock;
    private readonly PartitionKeys _keys = new(new KeyHash());
    private readonly EndpointSurvey _endpoints;
    private readonly RefusalCounter _refusals;
    private readonly ILogger<RateLimitingGuard> _logger;
    private volatile LimitPlan _plan = null!;
    private int _warned;

    public RateLimitingGuard(
        Settings<RateLimitingOptions> settings, TimeProvider time, EndpointSurvey endpoints, RefusalCounter refusals, RateLimitingMetrics metrics, ILogger<RateLimitingGuard> logger)
    {
        _clock = new BucketClock(time);
        _endpoints = endpoints;
        _refusals = refusals;
        _logger = logger;
        settings.Follow((options, mode) => _plan = new LimitPlan(options, mode, _clock, _plan));
        metrics.Observe(() => _plan.All);
    }

    public override string Name => GuardNames.RateLimiting;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        var plan = _plan;
        if (plan.OnArrival.Length == 0 || _endpoints.HasExempt || (IsForwarded(scope.Context!) && _endpoints.HasEndpoints))
        {
            return default;
        }

        return new(Take(plan, plan.OnArrival, scope, endpoint: null, Taken.OnArrival));
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        var limits = Compile(plan, endpoint);
        if (limits.IsExempt)
        {
            // A policy may have been asked before the endpoint, mapped since, was known to be exempt.
            GiveBack(scope, Taken.OnArrival);
            return default;
        }

        var onArrival = (scope.State(this) & (long)Taken.OnArrival) != 0 || plan.OnArrival.Length == 0
            ? null
            : Take(plan, plan.OnArrival, scope, endpoint, Taken.OnArrival);
        var refusal = onArrival ?? Take(plan, limits.Policies, scope, endpoint, Taken.AtEndpoint);
        if (refusal is not null)
        {
            GiveBack(scope, Taken.OnArrival);
        }

        return new(refusal);
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Refused)
        {
            GiveBack(scope, Taken.OnArrival);
            GiveBack(scope, Taken.AtEndpoint);
        }
    }

    private Refusal? Take(LimitPlan plan, LimitPolicy[] policies, RequestScope scope, GuardedEndpoint? endpoint, Taken taken)
    {
        var context = scope.Context!;
        for (var index = 0; index < policies.Length; index++)
        {
            var policy = policies[index];
            if (!_keys.TryGet(policy.Options, context, endpoint, out var key)
                || policy.TryTake(key, scope.StartTimestamp, CostOf(policy, context), out var retryAfter))
            {
                continue;
            }

            var refusal = LimitRefusals.Of(policy, key, scope.StartTimestamp, retryAfter);
            if (policy.Mode == GuardMode.Enforce)
            {
                GiveBack(policies.AsSpan(0, index), context, endpoint);
                return refusal;
            }

            _refusals.Count(refusal, enforced: false);
        }

        scope.State(this) |= (long)taken;
        if (plan.SendFieldsOnSuccess && policies.Length > 0)
        {
            SendFields(policies, scope, endpoint);
        }

        return null;
    }

    private void GiveBack(RequestScope scope, Taken taken)
    {
        if ((scope.State(this) & (long)taken) == 0 || scope.Context is not { } context)
        {
            return;
        }

        scope.State(this) &= ~(long)taken;
        var endpoint = scope.Entered;
        GiveBack(taken == Taken.OnArrival ? _plan.OnArrival : Compile(_plan, endpoint!).Policies, context, endpoint);
    }

    private void GiveBack(ReadOnlySpan<LimitPolicy> policies, HttpContext context, GuardedEndpoint? endpoint)
    {
        foreach (var policy in policies)
        {
            // In Observe the refused request went on and took nothing, so giving back could mint a permit; it may not.
            if (policy.Mode == GuardMode.Enforce && _keys.TryGet(policy.Options, context, endpoint, out var key))
            {
                policy.Refund(key, CostOf(policy, context));
            }
        }
    }

    private void SendFields(LimitPolicy[] policies, RequestScope scope, GuardedEndpoint? endpoint)
    {
        var headers = scope.Context!.Response.Headers;
        foreach (var policy in policies)
        {
            if (_keys.TryGet(policy.Options, scope.Context, endpoint, out var key))
            {
                headers.Append(LimitRefusals.PolicyHeader, policy.PolicyField);
                headers.Append(LimitRefusals.LimitHeader, policy.LimitField(key, scope.StartTimestamp));
            }
        }
    }

    private static int CostOf(LimitPolicy policy, HttpContext context) =>
        policy.Options.Cost is { } cost ? Math.Clamp(cost(context), 1, policy.Options.Burst) : 1;

    private EndpointLimits Compile(LimitPlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is EndpointLimits known && known.Plan == plan)
        {
            return known;
        }

        var own = plan.Of(endpoint, out var unknown);
        foreach (var name in unknown)
        {
            _logger.PolicyUnknown(endpoint.Key, name, string.Join(", ", plan.All.Select(policy => policy.Name)));
        }

        var limits = new EndpointLimits(plan, LimitPlan.IsExempt(endpoint.Metadata), [.. plan.Late, .. own]);
        part = limits;
        return limits;
    }

    // Until the app's own ForwardedHeaders has run the peer may be a proxy, so the decision waits for the endpoint.
    private bool IsForwarded(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded"))
        {
            return false;
        }

        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            _logger.ForwardedHeadersSeen(context.Connection.RemoteIpAddress);
        }

        return true;
    }

    [Flags]
    private enum Taken : long
    {
        OnArrival = 1,
        AtEndpoint = 2,
    }

    private sealed record EndpointLimits(LimitPlan Plan, bool IsExempt, LimitPolicy[] Policies);
}
