using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>Recognizes the exceptions that the app sees when a client leaves.</summary>
internal static class ClientFault
{
    /// <summary>Whether only the client's connection can have caused the exception.</summary>
    public static bool IsCertain(Exception? fault, HttpResponse response)
    {
        for (var exception = fault; exception is not null; exception = exception.InnerException)
        {
            // Only the client's own web socket has status 101; one that the app opened to another server does not.
            if (exception is ConnectionResetException or ConnectionAbortedException
                || (exception is WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely } && response.StatusCode == StatusCodes.Status101SwitchingProtocols))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the client can have caused the exception, among other causes. An outgoing call that timed out has a TimeoutException inside.</summary>
    public static bool IsPossible(Exception? fault) =>
        fault is OperationCanceledException { InnerException: not TimeoutException } or IOException;
}
