using System.Globalization;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>
/// gRPC statuses as numbers that do not overlap with HTTP statuses: <see cref="First"/> plus the code of the gRPC
/// specification (doc/statuscodes.md).
/// </summary>
internal static class GrpcStatus
{
    /// <summary>OK.</summary>
    public const int First = 1000;

    /// <summary>The deadline passed: like HTTP 504.</summary>
    public const int DeadlineExceeded = First + 4;

    /// <summary>Over a limit: like HTTP 429.</summary>
    public const int ResourceExhausted = First + 8;

    /// <summary>Overloaded or shutting down: like HTTP 503.</summary>
    public const int Unavailable = First + 14;

    /// <summary>The number after the last status.</summary>
    public const int End = First + 17;

    private const int Unknown = 2;
    private const int MaxMessageLength = 120;

    private static readonly string[] s_names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>The text of a status: the number of an HTTP status, the name of a gRPC status.</summary>
    public static string NameOf(int status) =>
        status is >= First and < End ? s_names[status - First] : status.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The status of an answer after its body was read: the HTTP status unless it is 200, otherwise the gRPC status of the
    /// trailers or headers. Null if the answer is not gRPC.
    /// </summary>
    public static int? Of(HttpResponseMessage response)
    {
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
        {
            return (int)response.StatusCode;
        }

        if (Header(response, "grpc-status") is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < End - First ? First + code : First + Unknown;
    }

    /// <summary>The status message of the server, or null.</summary>
    public static string? MessageOf(HttpResponseMessage response)
    {
        var message = Header(response, "grpc-message") is { Length: > 0 } text ? Uri.UnescapeDataString(text) : null;
        return message?.Length > MaxMessageLength ? message[..MaxMessageLength] : message;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.NonValidated.TryGetValues(name, out var trailer) ? trailer.ToString()
        : response.Headers.NonValidated.TryGetValues(name, out var header) ? header.ToString()
        : null;
}
