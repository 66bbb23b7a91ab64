using Herz.Resilience.Pipeline.Cancellation;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>Runs the guards of an app: on arrival, at the endpoint, and at the end of each request.</summary>
internal sealed class GuardPipeline
{
    private readonly RequestGuard[] _arrive;
    private readonly RequestGuard[] _enter;
    private readonly RequestGuard[] _enterEverything;
    private readonly RequestGuard[] _release;
    private readonly RequestGuard[] _exit;
    private readonly RequestGuard[] _exitOnly;
    private readonly string[] _names;
    private readonly RefusalWriter _writer;
    private readonly RefusalCounter _refusals;
    private readonly GuardFaults _faults;
    private readonly TimeProvider _time;

    public GuardPipeline(IEnumerable<RequestGuard> guards, RefusalWriter writer, RefusalCounter refusals, GuardFaults faults, EndpointNames endpointNames, TimeProvider time, ILogger<RequestEnd> logger)
    {
        var ordered = guards.OrderBy(static guard => guard.Index).ToArray();
        _arrive = [.. ordered.Where(guard => guard.Phases.HasFlag(GuardPhases.Arrive))];
        _enter = [.. ordered.Where(guard => guard.Phases.HasFlag(GuardPhases.Enter))];
        _enterEverything = [.. _enter.Where(static guard => guard.EntersEverything)];
        _release = [.. ordered.Where(guard => guard.Phases.HasFlag(GuardPhases.Release))];
        _exit = [.. ordered.Where(guard => guard.Phases.HasFlag(GuardPhases.Exit))];
        _names = [.. ordered.Select(guard => guard.Name)];
        _exitOnly = [.. _exit.Where(guard => !guard.Phases.HasFlag(GuardPhases.Arrive) && !guard.Phases.HasFlag(GuardPhases.Enter))];
        _writer = writer;
        _refusals = refusals;
        _faults = faults;
        _time = time;
        Timers = new DeadlineTimerPool(time, canBeSuspended: ReferenceEquals(time, TimeProvider.System), faults);
        Endpoints = new GuardedEndpoints(this, endpointNames);
        End = new RequestEnd(this, writer, logger);
    }

    public DeadlineTimerPool Timers { get; }

    public GuardedEndpoints Endpoints { get; }

    public RequestEnd End { get; }

    /// <summary>The guards that <paramref name="other"/> has and this pipeline does not.</summary>
    public IEnumerable<string> MissingFrom(GuardPipeline other) => other._names.Except(_names);

    /// <summary>Whether this pipeline belongs to the host with these services; there may be several hosts in one process.</summary>
    public bool IsOf(GuardFaults faults) => _faults == faults;

    /// <summary>The time on the clock of every timestamp of a request.</summary>
    public long Now() => _time.GetTimestamp();

    /// <summary>The time from the arrival of a request to a timestamp.</summary>
    public TimeSpan ElapsedAt(RequestScope scope, long now) => _time.GetElapsedTime(scope.StartTimestamp, now);

    public RequestScope Begin(HttpContext context)
    {
        var scope = new RequestScope(this, context, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), _time.GetTimestamp());
        scope.Attach(context);
        foreach (var guard in _exitOnly)
        {
            scope.MarkAdmitted(guard);
        }

        return scope;
    }

    /// <summary>Runs the arrival guards, then <paramref name="next"/> unless one refuses.</summary>
    public Task ArriveAsync(RequestScope scope, HttpContext context, RequestDelegate next)
    {
        for (var index = 0; index < _arrive.Length; index++)
        {
            var verdict = CallGuard(_arrive[index], scope, endpoint: null);
            if (!verdict.IsCompletedSuccessfully)
            {
                return ContinueAsync(verdict, index, _arrive, scope, context, endpoint: null, next);
            }

            if (verdict.Result is { } refusal)
            {
                return RefuseAsync(scope, context, refusal);
            }

            scope.MarkAdmitted(_arrive[index]);
        }

        return next(context);
    }

    /// <summary>Runs the endpoint guards, then the endpoint unless one refuses. A re-executed error page of the same request does not pass the guards again.</summary>
    public Task EnterAsync(HttpContext context, GuardedEndpoint endpoint)
    {
        var next = endpoint.Original.RequestDelegate!;
        var scope = context.Features.Get<IEndpointFeature>() as RequestScope ?? RequestScope.Current;
        if (scope is null || !scope.TryEnter(endpoint))
        {
            return next(context);
        }

        var guards = endpoint.IsHealthCheck || endpoint.IsStaticAsset ? _enterEverything : _enter;
        for (var index = 0; index < guards.Length; index++)
        {
            var verdict = CallGuard(guards[index], scope, endpoint);
            if (!verdict.IsCompletedSuccessfully)
            {
                return ContinueAsync(verdict, index, guards, scope, context, endpoint, next);
            }

            if (verdict.Result is { } refusal)
            {
                return RefuseAsync(scope, context, refusal);
            }

            scope.MarkAdmitted(guards[index]);
        }

        return Run(scope, context, next);
    }

    /// <summary>Reports the outcome once to each guard that admitted.</summary>
    public void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        for (var index = _exit.Length - 1; index >= 0; index--)
        {
            var guard = _exit[index];
            if (scope.WasAdmitted(guard))
            {
                try
                {
                    guard.Exit(scope, in outcome);
                }
#pragma warning disable CA1031 // See GuardFaults.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    _faults.Report(guard.Name, "exit", exception);
                }
            }
        }
    }

    // Callers read the result only once: it may complete on another thread between two reads.
    private ValueTask<Refusal?> CallGuard(RequestGuard guard, RequestScope scope, GuardedEndpoint? endpoint)
    {
        try
        {
            return endpoint is null ? guard.ArriveAsync(scope) : guard.EnterAsync(scope, endpoint);
        }
#pragma warning disable CA1031 // See GuardFaults.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _faults.Report(guard.Name, endpoint is null ? "arrive" : "enter", exception);
            return default;
        }
    }

    private Task Run(RequestScope scope, HttpContext context, RequestDelegate next)
    {
        if (_release.Length == 0)
        {
            return next(context);
        }

        try
        {
            return next(context);
        }
        finally
        {
            Release(scope);
        }
    }

    private void Release(RequestScope scope)
    {
        foreach (var guard in _release)
        {
            if (!scope.WasAdmitted(guard))
            {
                continue;
            }

            try
            {
                guard.Release(scope);
            }
#pragma warning disable CA1031 // See GuardFaults.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _faults.Report(guard.Name, "release", exception);
            }
        }
    }

    private async Task ContinueAsync(
        ValueTask<Refusal?> pending, int index, RequestGuard[] guards, RequestScope scope, HttpContext context, GuardedEndpoint? endpoint, RequestDelegate next)
    {
        while (true)
        {
            if (await AwaitGuardAsync(pending, guards[index], scope, endpoint) is { } refusal)
            {
                await RefuseAsync(scope, context, refusal);
                return;
            }

            if (++index == guards.Length)
            {
                await (endpoint is null ? next(context) : Run(scope, context, next));
                return;
            }

            pending = CallGuard(guards[index], scope, endpoint);
        }
    }

    private async ValueTask<Refusal?> AwaitGuardAsync(ValueTask<Refusal?> pending, RequestGuard guard, RequestScope scope, GuardedEndpoint? endpoint)
    {
        try
        {
            var refusal = await pending;
            if (refusal is null)
            {
                scope.MarkAdmitted(guard);
            }

            return refusal;
        }
#pragma warning disable CA1031 // See GuardFaults.
        catch (Exception exception) when (!(exception is OperationCanceledException && scope.Token.IsCancellationRequested))
#pragma warning restore CA1031
        {
            _faults.Report(guard.Name, endpoint is null ? "arrive" : "enter", exception);
            return null;
        }
    }

    private Task RefuseAsync(RequestScope scope, HttpContext context, Refusal refusal)
    {
        scope.MarkRefused();
        _faults.Contain(refusal.Guard, "refuse", (_refusals, refusal), static call => call._refusals.Count(call.refusal, enforced: true));
        return _writer.WriteAsync(context, refusal);
    }
}
