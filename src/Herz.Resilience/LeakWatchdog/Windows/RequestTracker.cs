using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>
/// Counts arriving and active requests, the load with which every trend is compared, and gives each request the token of its
/// endpoint and window.
/// </summary>
internal sealed class RequestTracker(OriginRegistry origins, Settings<LeakWatchdogOptions> settings) : RequestGuard
{
    private const string EventStream = "text/event-stream";

    private readonly UnroutedOrigins _unrouted = new(origins);
    private readonly AnswerCounter _answers = new();
    private long _arrived;
    private long _left;
    private long _streams;

    public override GuardPlace Place => GuardPlace.LeakWatchdog;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public override bool EntersEverything => true;

    public long Arrived => Volatile.Read(ref _arrived);

    public long Active => Math.Max(0, Volatile.Read(ref _arrived) - Volatile.Read(ref _left));

    /// <summary>Active requests that may last for any time: streams, and requests whose answers have started.</summary>
    public long Lasting => Math.Max(0, Volatile.Read(ref _streams)) + _answers.Answering;

    // Middleware may answer the request before it reaches an endpoint.
    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        Interlocked.Increment(ref _arrived);
        if (settings.Mode != EnforcementMode.Off && scope.Context is { } context)
        {
            Begin(scope, context, _unrouted.Of(context.Request.Method, Lasts(context.Request) ? OriginKind.Stream : OriginKind.Endpoint));
        }

        return default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        if (settings.Mode != EnforcementMode.Off && scope.Context is { } context)
        {
            // The same request goes on at its endpoint, so nothing is left of it yet.
            Leave(scope)?.End();
            Begin(scope, context, endpoint.IsStreaming || Lasts(context.Request)
                ? origins.Of(endpoint.Key, OriginKind.Stream)
                : endpoint.Part(this) as OriginSource ?? CreateSource(endpoint));
        }

        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        Interlocked.Increment(ref _left);
        Leave(scope);
        scope.EndOrigin();
    }

    private void Begin(RequestScope scope, HttpContext context, OriginSource source)
    {
        var token = source.Take();
        scope.Origin = token;
        if (source.IsLongLived)
        {
            Interlocked.Increment(ref _streams);
        }

        if (token.WatchesAnswers)
        {
            _answers.Begin(scope, token, context);
        }
    }

    private OriginToken? Leave(RequestScope scope)
    {
        if (scope.Origin is not { } token)
        {
            return null;
        }

        if (token.WatchesAnswers)
        {
            _answers.End(scope, token);
        }

        if (token.Source.IsLongLived)
        {
            Interlocked.Decrement(ref _streams);
        }

        return token;
    }

    // The client decides how long an upgraded connection or an event stream lasts, on any endpoint.
    private static bool Lasts(HttpRequest request)
    {
        var headers = request.Headers;
        return headers.Upgrade.Count > 0
            || HttpMethods.IsConnect(request.Method)
            || (headers.Accept is [{ } accept] && accept.Contains(EventStream, StringComparison.OrdinalIgnoreCase));
    }

    private OriginSource CreateSource(GuardedEndpoint endpoint)
    {
        var source = origins.Of(endpoint.Key, OriginKind.Endpoint);
        endpoint.Part(this) = source;
        return source;
    }
}
