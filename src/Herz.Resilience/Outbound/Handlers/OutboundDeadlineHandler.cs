using Herz.Resilience.Outbound.Others;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>
/// Records an outgoing call that outlives its request and, if configured, cancels it at the deadline of the request. It does
/// not cancel a call when the client disconnects, because the work may have to complete. gRPC clients made by the factory use it too.
/// </summary>
/// <param name="calls">The plan and the records.</param>
/// <param name="unguarded">Watches the calls that do not pass here.</param>
/// <param name="name">The name of the client; empty if it has none.</param>
internal sealed class OutboundDeadlineHandler(OutboundCalls calls, UnguardedCalls unguarded, string? name) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var plan = calls.Plan;
        var scope = RequestScope.Current;

        // A call that starts after its request has ended is background work without a request deadline.
        if (plan.Mode == EnforcementMode.Off || scope is not { Context: not null })
        {
            return base.SendAsync(request, cancellationToken);
        }

        if (unguarded.IsAttached)
        {
            HerzRequestOptions.MarkGuarded(request);
        }

        var client = string.IsNullOrEmpty(name) ? request.RequestUri?.Host ?? "unnamed" : name;
        return plan.CancelsForgotten(request, client) && scope.Token != cancellationToken
            ? SendWithinAsync(request, client, scope, cancellationToken)
            : TrackAsync(base.SendAsync(request, cancellationToken), client, scope, cancellationToken);
    }

    // A thread that blocks in a call has nothing else to wait for, so only the mark is set.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (unguarded.IsAttached)
        {
            HerzRequestOptions.MarkGuarded(request);
        }

        return base.Send(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> TrackAsync(Task<HttpResponseMessage> call, string client, RequestScope scope, CancellationToken cancellationToken)
    {
        try
        {
            return await call;
        }
        finally
        {
            // A call that its own token cancelled was meant to end.
            if (!cancellationToken.IsCancellationRequested && HasOutlived(scope))
            {
                calls.Outlived(client, scope.Entered?.Label);
            }
        }
    }

    // Only until the headers arrive: the reader's token covers the body.
    private async Task<HttpResponseMessage> SendWithinAsync(HttpRequestMessage request, string client, RequestScope scope, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = scope.Token.UnsafeRegister(
            static state =>
            {
                var (scope, linked) = ((RequestScope, CancellationTokenSource))state!;
                if (scope.DeadlineFired)
                {
                    // Asynchronously, so that a call which also has the request's token ends by that token.
                    _ = linked.CancelAsync();
                }
            },
            (scope, linked));
        try
        {
            return await TrackAsync(base.SendAsync(request, linked.Token), client, scope, linked.Token);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            calls.Cancelled(client);
            throw;
        }
    }

    private static bool HasOutlived(RequestScope scope) =>
        scope.Context is null
        || (scope.Deadline != long.MaxValue && !scope.HasResponseStarted && scope.Pipeline.Now() > scope.Deadline + scope.ClientTicks);
}
