using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Outbound;

/// <summary>
/// Records an outgoing call that outlives the request it is made for, and where that is asked for, ends it with the deadline of
/// the request. Never because the client left: what is done for it may have to be done to the end. gRPC clients made by the
/// factory pass through it too.
/// </summary>
/// <param name="calls">The settings, and what is recorded.</param>
/// <param name="name">The name of the client; empty for one without.</param>
internal sealed class OutboundDeadlineHandler(OutboundCalls calls, string? name) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var plan = calls.Plan;
        var scope = RequestScope.Current;

        // A call that begins after its request's end is background work, and has no deadline to take.
        if (plan.Mode == EnforcementMode.Off || scope is not { Context: not null })
        {
            return base.SendAsync(request, cancellationToken);
        }

        var client = string.IsNullOrEmpty(name) ? request.RequestUri?.Host ?? "unnamed" : name;
        return plan.CancelsForgotten(request, client) && scope.Token != cancellationToken
            ? SendWithinAsync(request, client, scope, cancellationToken)
            : WatchAsync(base.SendAsync(request, cancellationToken), client, scope, cancellationToken);
    }

    private async Task<HttpResponseMessage> WatchAsync(Task<HttpResponseMessage> call, string client, RequestScope scope, CancellationToken cancellationToken)
    {
        try
        {
            return await call;
        }
        finally
        {
            // One whose own token ended it obeyed its code.
            if (!cancellationToken.IsCancellationRequested && HasOutlived(scope))
            {
                calls.Outlived(client, scope.Entered?.Label);
            }
        }
    }

    // Until the headers are here: a body that is still read has the token of its reader.
    private async Task<HttpResponseMessage> SendWithinAsync(HttpRequestMessage request, string client, RequestScope scope, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = scope.Token.UnsafeRegister(
            static state =>
            {
                var (scope, linked) = ((RequestScope, CancellationTokenSource))state!;
                if (scope.DeadlineFired)
                {
                    // Elsewhere, so that a call which has the request's token as well ends by that.
                    _ = linked.CancelAsync();
                }
            },
            (scope, linked));
        try
        {
            return await WatchAsync(base.SendAsync(request, linked.Token), client, scope, linked.Token);
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
