using System.Globalization;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>
/// The outcomes of gRPC calls, beside HTTP statuses in one row of numbers: those of gRPC begin at <see cref="First"/>.
/// The codes are those of the gRPC specification (doc/statuscodes.md).
/// </summary>
internal static class GrpcStatus
{
    /// <summary>The number of OK.</summary>
    public const int First = 1000;

    /// <summary>The server's deadline passed: as HTTP's 504.</summary>
    public const int DeadlineExceeded = First + 4;

    /// <summary>Over a limit: as HTTP's 429.</summary>
    public const int ResourceExhausted = First + 8;

    /// <summary>Overloaded or shutting down: as HTTP's 503.</summary>
    public const int Unavailable = First + 14;

    /// <summary>The number after the last.</summary>
    public const int End = First + 17;

    private const int Unknown = 2;
    private const int LongestMessage = 120;

    private static readonly string[] s_names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>How a status is written: an HTTP status as its number, one of gRPC by its name.</summary>
    public static string NameOf(int status) =>
        status is >= First and < End ? s_names[status - First] : status.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The status of an answer whose body was read: from its trailers, or from its headers where it has only those.
    /// Null where it is no answer of gRPC; an HTTP status other than 200 stands for itself.
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

    /// <summary>What the server says about a status, or null.</summary>
    public static string? MessageOf(HttpResponseMessage response)
    {
        var message = Header(response, "grpc-message") is { Length: > 0 } text ? Uri.UnescapeDataString(text) : null;
        return message?.Length > LongestMessage ? message[..LongestMessage] : message;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.NonValidated.TryGetValues(name, out var trailer) ? trailer.ToString()
        : response.Headers.NonValidated.TryGetValues(name, out var header) ? header.ToString()
        : null;
}
