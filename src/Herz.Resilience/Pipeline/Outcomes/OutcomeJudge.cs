using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>How a request ended, and whose fault it was, from what is left of it.</summary>
internal static class OutcomeJudge
{
    // Asking the server whether the client has left costs a token, so requests that were quick are not asked about.
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(100);

    /// <param name="scope">The request.</param>
    /// <param name="response">Its response, which may have been sent.</param>
    /// <param name="fault">What the app threw, if it did.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="status">The status that the client gets.</param>
    /// <param name="answerLate">Whether the deadline cancelled the work and nobody has answered, so that the answer is a 504.</param>
    public static OutcomeKind Judge(RequestScope scope, HttpResponse response, Exception? fault, TimeSpan took, out int status, out bool answerLate)
    {
        answerLate = scope.DeadlineFired && !response.HasStarted && IsCancelled(scope, response, fault);
        status = answerLate ? StatusCodes.Status504GatewayTimeout : StatusOf(response, fault);
        var failed = !scope.Refused && HasFailed(scope, response, fault, status);

        // A late success is a success: the work was done, and the client has its answer.
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
    /// Whether the end looks as a client's leaving may look a moment before the server reports it: the exception and the token
    /// come in any order.
    /// </summary>
    public static bool MayHaveLeft(RequestScope scope, HttpResponse response, Exception? fault) =>
        (ClientFault.IsPossible(fault) || (scope.Entered is { IsGrpc: true, IsStreaming: true } && GrpcMethod.HasFailed(response)))
        && !scope.Refused && !scope.DeadlineFired && !scope.ClientFailed && !scope.IsClientGone();

    // The server turns an exception that reaches it into a status of its own.
    private static int StatusOf(HttpResponse response, Exception? fault) => fault switch
    {
        _ when response.HasStarted => response.StatusCode,
        null => response.StatusCode,
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    // What the server itself rejects while the body is read is the client's mistake.
    private static bool HasFailed(RequestScope scope, HttpResponse response, Exception? fault, int status) =>
        status >= 500 || fault is not null and not BadHttpRequestException || (scope.Entered is { IsGrpc: true } && GrpcMethod.HasFailed(response));

    // A refusal is common under overload and must not ask the server, which would make a token for it.
    private static bool HasLeft(RequestScope scope, Exception? fault, HttpResponse response, bool failed, TimeSpan took) =>
        scope.Refused || (!failed && took < s_long) ? scope.ClientGone
        : scope.IsClientGone() || (failed && (scope.ClientFailed || ClientFault.IsCertain(fault, response)));

    // Code that chose an answer keeps it, even when it is late.
    private static bool IsCancelled(RequestScope scope, HttpResponse response, Exception? fault) =>
        fault is not null
        || response.StatusCode == StatusCodes.Status499ClientClosedRequest
        || (scope.Entered is { IsGrpc: true } && GrpcMethod.WasCancelled(response))
        || ForwarderFault.WasCancelled(response);
}
