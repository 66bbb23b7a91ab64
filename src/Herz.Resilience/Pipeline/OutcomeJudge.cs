using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline;

/// <summary>How a request ended, from what is left of it.</summary>
internal static class OutcomeJudge
{
    /// <param name="scope">The request.</param>
    /// <param name="response">Its response, which may have been sent.</param>
    /// <param name="fault">What the app threw, if it did.</param>
    /// <param name="status">The status that the client gets.</param>
    /// <param name="answerLate">Whether the deadline passed and nobody has answered, so that the answer is a 504.</param>
    public static OutcomeKind Judge(RequestScope scope, HttpResponse response, Exception? fault, out int status, out bool answerLate)
    {
        answerLate = scope.DeadlineFired && !response.HasStarted && IsUnanswered(response, fault);
        status = answerLate ? StatusCodes.Status504GatewayTimeout : StatusOf(response, fault);
        if (scope.DeadlineFired)
        {
            return OutcomeKind.DeadlineExceeded;
        }

        // A refusal is common under overload and must not ask the server, which would make a token for it.
        var failed = !scope.Refused && (fault is not null || status >= 500);
        if (failed ? scope.IsClientGone() : scope.ClientGone)
        {
            status = StatusCodes.Status499ClientClosedRequest;
            return OutcomeKind.ClientGone;
        }

        if (scope.Refused)
        {
            return OutcomeKind.Refused;
        }

        // What the server itself rejects while the body is read is the client's mistake.
        failed = fault is BadHttpRequestException ? status >= 500 : failed;
        return failed || (scope.Entered is { IsGrpc: true } && GrpcMethod.HasFailed(response)) ? OutcomeKind.ServerError : OutcomeKind.Ok;
    }

    // The server turns an exception that reaches it into a status of its own.
    private static int StatusOf(HttpResponse response, Exception? fault) => fault switch
    {
        _ when response.HasStarted => response.StatusCode,
        null => response.StatusCode,
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    // A cancelled handler that says nothing must not look like an empty success; one that chose its answer keeps it.
    private static bool IsUnanswered(HttpResponse response, Exception? fault) =>
        fault is not null || response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status499ClientClosedRequest;
}
