using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>Determines how a request ended and whose fault it was.</summary>
internal static class OutcomeJudge
{
    // Asking the server whether the client has left allocates a token, so it is not done for quick requests.
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(100);

    /// <param name="scope">The request.</param>
    /// <param name="response">Its response, which may have been sent.</param>
    /// <param name="fault">The exception that the app threw, if any.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="status">The status that the client gets.</param>
    /// <param name="answerLate">Whether the deadline cancelled the work before an answer, so the answer is a 504.</param>
    public static OutcomeKind Judge(RequestScope scope, HttpResponse response, Exception? fault, TimeSpan took, out int status, out bool answerLate)
    {
        answerLate = scope.DeadlineFired && !response.HasStarted && IsCancelled(scope, response, fault);
        status = answerLate ? StatusCodes.Status504GatewayTimeout : StatusOf(response, fault);
        var failed = !scope.Refused && HasFailed(scope, response, fault, status);

        // A late success is a success: the work is done, and the client has its answer.
        if (answerLate || (scope.DeadlineFired && failed))
        {
            return OutcomeKind.DeadlineExceeded;
        }

        if (HasLeft(scope, fault, response, failed, took))
        {
            status = StatusCodes.Status499ClientClosedRequest;
            return OutcomeKind.ClientGone;
        }

        return scope.Refused ? OutcomeKind.Refused : failed ? OutcomeKind.ServerError : OutcomeKind.Ok;
    }

    /// <summary>
    /// Whether the client may have left although the server has not reported it yet: the exception may come before the cancelled
    /// token.
    /// </summary>
    public static bool ClientMayBeGone(RequestScope scope, HttpResponse response, Exception? fault) =>
        (ClientFault.IsPossible(fault) || (scope.Entered is { IsGrpc: true, IsStreaming: true } && GrpcMethod.HasFailed(response)))
        && !scope.Refused && !scope.DeadlineFired && !scope.ClientFailed && !scope.IsClientGone();

    // The server turns an unhandled exception into this status.
    private static int StatusOf(HttpResponse response, Exception? fault) => fault switch
    {
        _ when response.HasStarted => response.StatusCode,
        null => response.StatusCode,
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    // If the server rejects the body, the fault is the client's.
    private static bool HasFailed(RequestScope scope, HttpResponse response, Exception? fault, int status) =>
        status >= 500 || fault is not null and not BadHttpRequestException || (scope.Entered is { IsGrpc: true } && GrpcMethod.HasFailed(response));

    // Refusals are common under overload, so they must not ask the server, which would allocate a token.
    private static bool HasLeft(RequestScope scope, Exception? fault, HttpResponse response, bool failed, TimeSpan took) =>
        scope.Refused || (!failed && took < s_slow) ? scope.ClientGone
        : scope.IsClientGone() || (failed && (scope.ClientFailed || ClientFault.IsCertain(fault, response)));

    // If the code chose an answer, it stays, even when it is late.
    private static bool IsCancelled(RequestScope scope, HttpResponse response, Exception? fault) =>
        fault is not null
        || response.StatusCode == StatusCodes.Status499ClientClosedRequest
        || (scope.Entered is { IsGrpc: true } && GrpcMethod.WasCancelled(response))
        || ForwarderFault.WasCancelled(response);
}
