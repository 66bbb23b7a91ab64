using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// Informs the caller of a request, if it sends <see cref="AttemptHeaders.Attempt"/>, that a call behind it has been retried already. It
/// admits every request. In an app that makes no calls it reads no header.
/// </summary>
internal sealed class RetriedAnswerGuard(GuardedCalls calls) : RequestGuard
{
    private static readonly Func<object, Task> s_onStarting = static state =>
    {
        // An answer without a body starts when the scope has ended already.
        var (scope, response) = ((RequestScope, HttpResponse))state;
        if (scope.IsRetriedInside && response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            response.Headers[AttemptHeaders.Retried] = "true";
        }

        return Task.CompletedTask;
    };

    public override GuardPlace Place => GuardPlace.Outbound;

    public override GuardPhases Phases => GuardPhases.Arrive;

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        if (calls.Dependencies.Count > 0 && scope.Context is { } context && context.Request.Headers.ContainsKey(AttemptHeaders.Attempt))
        {
            context.Response.OnStarting(s_onStarting, (scope, context.Response));
        }

        return default;
    }
}
