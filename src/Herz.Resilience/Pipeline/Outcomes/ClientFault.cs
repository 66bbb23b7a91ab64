using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>The exceptions as which a client's leaving surfaces in the code that serves it.</summary>
internal static class ClientFault
{
    /// <summary>Whether only a connection of the client's can have caused it.</summary>
    public static bool IsCertain(Exception? fault, HttpResponse response)
    {
        for (var exception = fault; exception is not null; exception = exception.InnerException)
        {
            // A socket of the client's that breaks off is the client's; one that the app opened elsewhere is not under a 101.
            if (exception is ConnectionResetException or ConnectionAbortedException
                || (exception is WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely } && response.StatusCode == StatusCodes.Status101SwitchingProtocols))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it can be one, and something else as well. An outgoing call that timed out says so in its cause.</summary>
    public static bool IsPossible(Exception? fault) =>
        fault is OperationCanceledException { InnerException: not TimeoutException } or IOException;
}
