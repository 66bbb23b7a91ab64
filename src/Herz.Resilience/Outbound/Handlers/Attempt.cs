using System.Runtime.ExceptionServices;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>One attempt that has ended: with an answer, or with an exception.</summary>
internal readonly record struct Attempt(OutgoingCall Call, CallOutcome Outcome, HttpResponseMessage? Response, ExceptionDispatchInfo? Error)
{
    /// <summary>Whether a service behind the dependency has retried.</summary>
    public bool HasRetriedBehind => Response is not null && AttemptHeaders.HasRetried(Response);

    /// <summary>The answer, or the exception.</summary>
    public HttpResponseMessage Result()
    {
        Error?.Throw();
        return Response!;
    }
}
