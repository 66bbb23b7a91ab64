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
    // Each holds a timer and its request: more would be a queue without an end.
    private const int MostWaiting = 10_000;

    private const int GenerationShift = 8;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly BucketClock _clock;
    private readonly RetryJitter _jitter = new((ulong)Random.Shared.NextInt64());
    private readonly EndpointSurvey _endpoints;
    private readonly RefusalCounter _refusals;
    private readonly ILogger<RateLimitingGuard> _logger;
    private volatile LimitPlan _plan = null!;
    private int _waiting;
    private int _warned;

    public RateLimitingGuard(
        Settings<RateLimitingOptions> settings, TimeProvider time, EndpointSurvey endpoints, RefusalCounter refusals, RateLimitingMetrics metrics, ILogger<RateLimitingGuard> logger)
    {
        _time = time;
        _clock = new BucketClock(time);
        var keys = new PartitionKeys(new KeyHash());
        _endpoints = endpoints;
        _refusals = refusals;
        _logger = logger;
        settings.Follow((options, mode) => _plan = new LimitPlan(options, mode, _clock, keys, _plan));
        metrics.Observe(() => _plan.All, () => Volatile.Read(ref _waiting));
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

        LimitTurn? turn = null;
        var refusal = Take(plan, plan.OnArrival, scope, endpoint: null, Taken.OnArrival, ref turn);
        return turn is null || refusal is not null ? new(refusal) : WaitAsync(scope, turn);
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

        LimitTurn? turn = null;
        var refusal = (scope.State(this) & (long)Taken.OnArrival) != 0
            ? Take(plan, limits.Policies, scope, endpoint, Taken.AtEndpoint, ref turn)
            : Take(plan, limits.All, scope, endpoint, Taken.OnArrival | Taken.AtEndpoint, ref turn);
        if (refusal is not null)
        {
            GiveBack(scope, Taken.OnArrival);
            return new(refusal);
        }

        return turn is null ? default : WaitAsync(scope, turn);
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Refused)
        {
            GiveBack(scope, Taken.OnArrival);
            GiveBack(scope, Taken.AtEndpoint);
        }
    }

    private Refusal? Take(LimitPlan plan, LimitPolicy[] policies, RequestScope scope, GuardedEndpoint? endpoint, Taken taken, ref LimitTurn? turn)
    {
        var context = scope.Context!;
        Span<long> states = plan.HasQueues ? new long[policies.Length] : default;
        for (var index = 0; index < policies.Length; index++)
        {
            var policy = policies[index];
            if (!policy.TryFind(context, endpoint, out var buckets, out var key))
            {
                continue;
            }

            var cost = CostOf(policy, buckets, context);
            if (buckets.TryTake(key, scope.StartTimestamp, cost, PatienceOf(policy, scope), out var time, out var state))
            {
                if (!states.IsEmpty)
                {
                    states[index] = state;
                }

                // Who only observes takes its turn in the line, but nobody waits for it.
                turn = time > TimeSpan.Zero && policy.Mode == GuardMode.Enforce ? new LimitTurn(buckets, key, cost, state, time, turn) : turn;
                continue;
            }

            var refusal = policy.Refusals.Of(buckets, key, scope.StartTimestamp, _jitter.After(time, plan.RetryAfterJitter));
            if (policy.Mode == GuardMode.Enforce)
            {
                turn = null;
                GiveBack(policies.AsSpan(0, index), context, endpoint, states);
                return refusal;
            }

            _refusals.Count(refusal, enforced: false);
        }

        scope.State(this) |= (long)taken | ((long)plan.Generation << GenerationShift);
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
        if (scope.State(this) >> GenerationShift != _plan.Generation)
        {
            // What other policies took before a reload is not of these.
            return;
        }

        var endpoint = scope.Entered;
        GiveBack(taken == Taken.OnArrival ? _plan.OnArrival : Compile(_plan, endpoint!).Policies, context, endpoint, default);
    }

    private static void GiveBack(ReadOnlySpan<LimitPolicy> policies, HttpContext context, GuardedEndpoint? endpoint, ReadOnlySpan<long> states)
    {
        for (var index = 0; index < policies.Length; index++)
        {
            var policy = policies[index];

            // In Observe the refused request went on and took nothing, so giving back could mint a permit; it may not.
            if (policy.Mode == GuardMode.Enforce && policy.TryFind(context, endpoint, out var buckets, out var key))
            {
                buckets.Refund(key, CostOf(policy, buckets, context), states.IsEmpty ? 0 : states[index]);
            }
        }
    }

    private static void SendFields(LimitPolicy[] policies, RequestScope scope, GuardedEndpoint? endpoint)
    {
        var headers = scope.Context!.Response.Headers;
        foreach (var policy in policies)
        {
            if (policy.TryFind(scope.Context, endpoint, out var buckets, out var key))
            {
                headers.Append(LimitRefusals.PolicyHeader, buckets.PolicyField);
                headers.Append(LimitRefusals.LimitHeader, buckets.LimitField(key, scope.StartTimestamp));
            }
        }
    }

    private static int CostOf(LimitPolicy policy, LimitBuckets buckets, HttpContext context) =>
        policy.Options.Cost is { } cost ? Math.Clamp(cost(context), 1, buckets.Burst) : 1;

    private LimitPatience PatienceOf(LimitPolicy policy, RequestScope scope)
    {
        if (policy.Options.QueueLimit == 0 || Volatile.Read(ref _waiting) >= MostWaiting)
        {
            return default;
        }

        var left = scope.Deadline == long.MaxValue ? TimeSpan.MaxValue : _time.GetElapsedTime(_time.GetTimestamp(), scope.Deadline);
        return left > TimeSpan.Zero ? new(policy.Options.QueueLimit, left < s_longestWait ? left : s_longestWait) : default;
    }

    // The permits are reserved: nobody overtakes.
    private async ValueTask<Refusal?> WaitAsync(RequestScope scope, LimitTurn turn)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            // Timers count whole milliseconds and may fire one early; the permit must be there.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(turn.Wait.TotalMilliseconds) + 1), _time, scope.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            turn.GiveUp();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

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

        var limits = new EndpointLimits(plan, LimitPlan.IsExempt(endpoint.Metadata), [.. plan.Late, .. own], [.. plan.OnArrival, .. plan.Late, .. own]);
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

    private sealed record EndpointLimits(LimitPlan Plan, bool IsExempt, LimitPolicy[] Policies, LimitPolicy[] All);
}
