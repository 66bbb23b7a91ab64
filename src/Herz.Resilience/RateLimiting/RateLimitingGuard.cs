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
/// Asks every policy that applies: on arrival where the bucket is known by then, else at the endpoint, where what was taken on arrival
/// is settled too. What was taken is given back when another policy or guard refuses, so that a refusal costs nothing.
/// </summary>
internal sealed class RateLimitingGuard : RequestGuard
{
    // Each holds a timer and its request: more would be a queue without an end.
    private const int MostWaiting = 10_000;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly RetryJitter _jitter = new((ulong)Random.Shared.NextInt64());
    private readonly EndpointSurvey _endpoints;
    private readonly KnownProxies _proxies;
    private readonly Uncounted _uncounted;
    private readonly RefusalCounter _refusals;
    private readonly LimitHints _hints;
    private readonly ILogger<RateLimitingGuard> _logger;
    private volatile LimitPlan _plan = null!;
    private volatile LimitSelection? _selection;
    private int _waiting;

    public RateLimitingGuard(
        Settings<RateLimitingOptions> settings, TimeProvider time, EndpointSurvey endpoints, KnownProxies proxies, Uncounted uncounted, RefusalCounter refusals, RateLimitingMetrics metrics, ILogger<RateLimitingGuard> logger)
    {
        _time = time;
        var clock = new BucketClock(time);
        var keys = new PartitionKeys(new KeyHash());
        _endpoints = endpoints;
        _proxies = proxies;
        _uncounted = uncounted;
        _refusals = refusals;
        _hints = new LimitHints(logger);
        _logger = logger;
        settings.Follow((options, mode) => _plan = new LimitPlan(options, mode, clock, keys, _plan));
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

        var refusal = Take(selection.OnArrivalByOthers, scope, Asked.Others);
        if (refusal is null && selection.OnArrivalByClient.Length > 0 && !_proxies.IsProxied(context))
        {
            refusal = Take(selection.OnArrivalByClient, scope, Asked.Clients);
        }

        if (refusal is not null)
        {
            GiveBack(scope);
            return _uncounted.MayBe(context, selection.Survey) ? default : new(Refuse(refusal, scope));
        }

        return Taken(scope) is { Wait.Ticks: > 0 } ? WaitAsync(scope) : default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var limits = Compile(Select(), endpoint);
        var context = scope.Context!;
        _uncounted.See(context.Request.PathBase);
        if (limits.IsExempt)
        {
            GiveBack(scope);
            return default;
        }

        Settle(scope, context);
        var refusal = Take(limits.Of((Asked)scope.State(this), _uncounted.IsPreflight(context.Request)), scope, Asked.AtEndpoint, endpoint);
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

        if (outcome.Kind == OutcomeKind.Refused || (scope.Entered is null && outcome.Kind == OutcomeKind.Ok && Uncounted.WasFile(scope.Context!)))
        {
            TakenPermits.GiveBack(taken);
        }

        scope.Permits = null;
        TakenPermits.Recycle(taken);
    }

    // The app may have processed the headers of a proxy since: then the client is charged, and not the proxy.
    private void Settle(RequestScope scope, HttpContext context)
    {
        for (var taken = Taken(scope); taken is not null; taken = taken.Earlier)
        {
            if (taken.Client is { } peer && !ReferenceEquals(peer, context.Connection.RemoteIpAddress) && !peer.Equals(context.Connection.RemoteIpAddress))
            {
                _proxies.Learn(peer);
                TakenPermits.GiveBackClients(Taken(scope));
                scope.State(this) &= ~(long)Asked.Clients;
                return;
            }
        }
    }

    private Refusal? Take(LimitPolicy[] policies, RequestScope scope, Asked asked, GuardedEndpoint? endpoint = null)
    {
        var context = scope.Context!;
        foreach (var policy in policies)
        {
            if (!policy.TryFind(context, endpoint, out var buckets, out var key))
            {
                continue;
            }

            var cost = policy.Options.Cost is { } price ? Math.Clamp(price(context), 1, buckets.Burst) : 1;
            if (buckets.TryTake(key, scope.StartTimestamp, cost, PatienceOf(policy, scope), out var time, out var state))
            {
                // What only observes gives nothing back: the request that it would have refused went on and took nothing.
                if (policy.Mode == EnforcementMode.Enforce)
                {
                    scope.Permits = TakenPermits.Note(buckets, key, cost, state, time, policy.DependsOnAddress ? context.Connection.RemoteIpAddress : null, Taken(scope));
                }

                continue;
            }

            if (policy.Mode == EnforcementMode.Enforce)
            {
                return policy.Refusals.Of(buckets, key, scope.StartTimestamp, _jitter.After(time, _plan.RetryAfterJitter));
            }

            _refusals.Count(Name, policy.Name, enforced: false);
            _hints.WouldHaveRefused(_plan, policy);
        }

        scope.State(this) |= (long)asked;
        if (_plan.SendFieldsOnSuccess)
        {
            SendFields(policies, scope, endpoint);
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

    private LimitPatience PatienceOf(LimitPolicy policy, RequestScope scope)
    {
        if (policy.Options.QueueLimit == 0 || Volatile.Read(ref _waiting) >= MostWaiting)
        {
            return default;
        }

        var left = scope.Deadline == long.MaxValue ? TimeSpan.MaxValue : _time.GetElapsedTime(_time.GetTimestamp(), scope.Deadline);
        return left > TimeSpan.Zero ? new(policy.Options.QueueLimit, left < s_longestWait ? left : s_longestWait) : default;
    }

    // The permits are reserved: nobody overtakes. A reservation that is given up goes to the next, where nobody is behind it.
    private async ValueTask<Refusal?> WaitAsync(RequestScope scope)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            // Timers count whole milliseconds and may fire one early; the permit must be there.
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
