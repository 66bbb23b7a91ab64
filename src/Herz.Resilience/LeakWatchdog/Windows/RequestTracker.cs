using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>
/// Counts requests as they come and go, the load against which every trend is held, and gives each the token of its
/// endpoint and window.
/// </summary>
internal sealed class RequestTracker(Origins origins, Settings<LeakWatchdogOptions> settings) : RequestGuard
{
    private const string EventStream = "text/event-stream";

    private long _arrived;
    private long _left;

    public override string Name => GuardNames.LeakWatchdog;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public long Arrived => Volatile.Read(ref _arrived);

    public long Active => Math.Max(0, Volatile.Read(ref _arrived) - Volatile.Read(ref _left));

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        Interlocked.Increment(ref _arrived);
        return default;
    }

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        if (settings.Mode != GuardMode.Off && scope.Context is { } context)
        {
            scope.Origin = endpoint.IsStreaming || Lasts(context.Request)
                ? origins.Of(endpoint.Key, OriginKind.Stream).Take()
                : (endpoint.Part(this) as OriginSource ?? CreateSource(endpoint)).Take();
        }

        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        Interlocked.Increment(ref _left);
        scope.Origin?.End();
    }

    // A connection that is upgraded and a stream of events last as long as the client likes, whatever the endpoint says of itself.
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
