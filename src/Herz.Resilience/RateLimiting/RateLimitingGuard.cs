using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;
using Herz.Resilience.RateLimiting.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// Checks every policy that applies: on arrival if its bucket is known then, otherwise at the endpoint. The endpoint also corrects
/// permits charged to a proxy on arrival. If another policy or guard refuses, permits are given back, so a refusal costs none.
/// </summary>
internal sealed class RateLimitingGuard : RequestGuard
{
    // Each waiting request keeps a timer and memory, so their number is bounded.
    private const int MaxWaiting = 10_000;

    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly BucketClock _clock;
    private readonly RetryJitter _jitter = new((ulong)Random.Shared.NextInt64());
    private readonly EndpointSurvey _endpoints;
    private readonly KnownProxies _proxies;
    private readonly UncountedRequests _uncounted;
    private readonly RefusalCounter _refusals;
    private readonly LimitHints _hints;
    private readonly ILogger<RateLimitingGuard> _logger;
    private volatile LimitPlan _plan = null!;
    private volatile LimitSelection? _selection;
    private int _waiting;

    public RateLimitingGuard(
        Settings<RateLimitingOptions> settings, TimeProvider time, EndpointSurvey endpoints, KnownProxies proxies, UncountedRequests uncounted, RefusalCounter refusals, RateLimitingMetrics metrics, ILogger<RateLimitingGuard> logger)
    {
        _time = time;
        _clock = new BucketClock(time);
        var keys = new PartitionKeys(new KeyHash());
        _endpoints = endpoints;
        _proxies = proxies;
        _uncounted = uncounted;
        _refusals = refusals;
        _hints = new LimitHints(logger);
        _logger = logger;
        settings.Follow((options, mode) => _plan = new LimitPlan(options, mode, _clock, keys, _plan));
        metrics.Observe(() => _plan.All, () => Volatile.Read(ref _waiting));
    }

    public override GuardPlace Place => GuardPlace.RateLimiting;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public override bool EntersEverything => true;

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        var selection = Select();
        var context = scope.Context!;
        if (!selection.HasOnArrival || _uncounted.IsPreflight(context.Request))
        {
            return default;
        }

        var refusal = Take(selection.OnArrivalByOthers, scope, CheckedLimits.Others);
        if (refusal is null && selection.OnArrivalByClient.Length > 0 && !_proxies.IsProxied(context))
        {
            refusal = Take(selection.OnArrivalByClient, scope, CheckedLimits.Clients);
        }

        if (refusal is not null)
        {
            GiveBack(scope);
            return _uncounted.MayInclude(context, selection.Survey) ? default : new(Refuse(refusal, scope));
        }

        return Taken(scope) is { Wait.Ticks: > 0 } ? WaitAsync(scope) : default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var limits = Compile(Select(), endpoint);
        var context = scope.Context!;
        _uncounted.AddPathBase(context.Request.PathBase);
        if (limits.IsExempt)
        {
            GiveBack(scope);
            return default;
        }

        Settle(scope, context);
        var refusal = Take(limits.Of((CheckedLimits)scope.State(this), _uncounted.IsPreflight(context.Request)), scope, CheckedLimits.AtEndpoint, endpoint);
        if (refusal is not null)
        {
            GiveBack(scope);
            return new(Refuse(refusal, scope));
        }

        return Taken(scope) is { Wait.Ticks: > 0 } ? WaitAsync(scope) : default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        if (Taken(scope) is not { } taken)
        {
            return;
        }

        if (outcome.Kind == OutcomeKind.Refused || (scope.Entered is null && outcome.Kind == OutcomeKind.Ok && UncountedRequests.WasFile(scope.Context!)))
        {
            TakenPermits.GiveBack(taken);
        }

        scope.Permits = null;
        TakenPermits.Recycle(taken);
    }

    // The app may have processed the headers of a proxy since arrival: then the client pays instead of the proxy.
    private void Settle(RequestScope scope, HttpContext context)
    {
        for (var taken = Taken(scope); taken is not null; taken = taken.Earlier)
        {
            if (taken.Client is { } peer && !ReferenceEquals(peer, context.Connection.RemoteIpAddress) && !peer.Equals(context.Connection.RemoteIpAddress))
            {
                _proxies.Learn(peer);
                TakenPermits.GiveBackClients(Taken(scope));
                scope.State(this) &= ~(long)CheckedLimits.Clients;
                return;
            }
        }
    }

    private Refusal? Take(LimitPolicy[] policies, RequestScope scope, CheckedLimits group, GuardedEndpoint? endpoint = null)
    {
        var context = scope.Context!;
        var earlier = Taken(scope);
        var now = _clock.At(scope.StartTimestamp);
        foreach (var policy in policies)
        {
            if (!policy.TryFind(context, endpoint, out var buckets, out var key))
            {
                continue;
            }

            var cost = policy.Options.Cost is { } costOf ? Math.Clamp(costOf(context), 1, buckets.Burst) : 1;
            if (buckets.Table.TryTake(key, now, cost, buckets.Rate, MaxWaitOf(policy, buckets, cost, scope), out var wait, out var state))
            {
                // Permits of an observed policy are never given back: a request above its limit runs without one.
                if (policy.Mode == EnforcementMode.Enforce)
                {
                    var client = policy.DependsOnAddress ? context.Connection.RemoteIpAddress : null;
                    scope.Permits = TakenPermits.Record(buckets, key, cost, state, _clock.ToTime(wait), client, Taken(scope));
                }

                continue;
            }

            if (policy.Mode == EnforcementMode.Enforce)
            {
                return policy.Refusals.Of(buckets, key, scope.StartTimestamp, _jitter.After(_clock.ToTime(wait), _plan.RetryAfterJitter));
            }

            _refusals.Count(Name, policy.Name, enforced: false);
            _hints.WouldHaveRefused(_plan, policy);
        }

        scope.State(this) |= (long)group;
        if (_plan.SendFieldsOnSuccess)
        {
            SendFields(scope, Taken(scope), earlier);
        }

        return null;
    }

    private Refusal Refuse(Refusal refusal, RequestScope scope)
    {
        _hints.Refused(_plan, refusal.Rule, scope.Context!);
        return refusal;
    }

    private void GiveBack(RequestScope scope)
    {
        if (Taken(scope) is { } taken)
        {
            scope.Permits = null;
            TakenPermits.GiveBack(taken);
            TakenPermits.Recycle(taken);
        }

        scope.State(this) = 0;
    }

    private static TakenPermits? Taken(RequestScope scope) => (TakenPermits?)scope.Permits;

    // In the order of the policies. Fields of observed policies are not sent: clients would slow down for no reason.
    private static void SendFields(RequestScope scope, TakenPermits? taken, TakenPermits? earlier)
    {
        if (taken is not null && taken != earlier)
        {
            SendFields(scope, taken.Earlier, earlier);
            var headers = scope.Context!.Response.Headers;
            headers.Append(LimitRefusals.PolicyHeader, taken.Buckets.PolicyField);
            headers.Append(LimitRefusals.LimitHeader, taken.Buckets.LimitField(taken.Key, scope.StartTimestamp));
        }
    }

    // In units of the clock.
    private long MaxWaitOf(LimitPolicy policy, LimitBuckets buckets, int cost, RequestScope scope)
    {
        if (policy.Options.QueueLimit == 0 || Volatile.Read(ref _waiting) >= MaxWaiting)
        {
            return 0;
        }

        var left = scope.Deadline == long.MaxValue ? s_maxWait : _time.GetElapsedTime(_time.GetTimestamp(), scope.Deadline);
        var time = _clock.ToUnits(left < s_maxWait ? left : s_maxWait);

        // As doubles: at the lowest rates the product overflows a long.
        return (long)Math.Max(0, Math.Min((double)policy.Options.QueueLimit * cost * buckets.Rate.Interval, time));
    }

    // The permits are reserved, so no later request overtakes. If the wait is cancelled, they go back, unless later requests have reserved too.
    private async ValueTask<Refusal?> WaitAsync(RequestScope scope)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            // A timer counts whole milliseconds and may fire 1 ms early, before the permit exists.
            var taken = Taken(scope)!;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(taken.Wait.TotalMilliseconds) + 1), _time, scope.Token);
            taken.Waited();
            return null;
        }
        catch (OperationCanceledException)
        {
            GiveBack(scope);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private LimitSelection Select()
    {
        var plan = _plan;
        var survey = _endpoints.Current;
        return _selection is { } known && known.Plan == plan && ReferenceEquals(known.Survey, survey) ? known : _selection = new LimitSelection(plan, survey);
    }

    private EndpointLimits Compile(LimitSelection selection, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is EndpointLimits known && known.Selection == selection)
        {
            return known;
        }

        var own = selection.Plan.Of(endpoint, selection, out var unknown);
        foreach (var name in unknown)
        {
            _logger.PolicyUnknown(endpoint.Key, name, string.Join(", ", selection.Plan.All.Select(policy => policy.Name)));
        }

        var limits = new EndpointLimits(selection, endpoint, own);
        part = limits;
        return limits;
    }
}
