using System.Globalization;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>Determines how an HTTP call ended.</summary>
internal static class HttpOutcomes
{
    /// <summary>The status of an error that a retry cannot change, such as a certificate that is not valid.</summary>
    public const int Permanent = -1;

    private const int GrpcDeadlineExceeded = 4;
    private const int GrpcResourceExhausted = 8;
    private const int GrpcInternal = 13;
    private const int GrpcUnavailable = 14;
    private const int GrpcDataLoss = 15;
    private const int GrpcUnknown = 2;

    /// <summary>The outcome of an answer, when its headers have arrived.</summary>
    public static CallOutcome Of(HttpResponseMessage response, long now, bool isGrpc, TimeProvider time)
    {
        var status = (int)response.StatusCode;
        if (status < 500 && status is not (408 or 429))
        {
            return isGrpc && response.Headers.NonValidated.TryGetValues("grpc-status", out var code) ? OfGrpc(code.ToString(), response, now) : new(CallResult.Ok, now);
        }

        var retryAfter = status is 429 or 503 ? RetryAfterHeader.Read(response, time) : null;
        var result = status switch
        {
            429 => CallResult.Throttled,
            503 when retryAfter is not null => CallResult.Throttled,
            502 or 503 => CallResult.Unavailable,
            408 or 504 => CallResult.TimedOut,
            _ => CallResult.Error,
        };
        return new(result, now, retryAfter, status);
    }

    /// <summary>The outcome of a call that threw.</summary>
    public static CallOutcome Of(Exception exception, long now, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => new(CallResult.Cancelled, now),
        OperationCanceledException or TimeoutException => new(CallResult.TimedOut, now),
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: not (null or IOException) } => new(CallResult.Error, now, Status: Permanent),
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.HttpProtocolError or HttpRequestError.ProxyTunnelError or HttpRequestError.ResponseEnded } => new(CallResult.Unavailable, now),
        IOException => new(CallResult.Unavailable, now),
        _ => new(CallResult.Error, now, Status: Permanent),
    };

    // Trailers-only answers; the status of another answer arrives after its messages.
    private static CallOutcome OfGrpc(string code, HttpResponseMessage response, long now)
    {
        _ = int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status);
        return new(
            status switch
            {
                GrpcUnavailable => CallResult.Unavailable,
                GrpcDeadlineExceeded => CallResult.TimedOut,
                GrpcResourceExhausted => CallResult.Throttled,
                GrpcInternal or GrpcUnknown or GrpcDataLoss => CallResult.Error,
                _ => CallResult.Ok,
            },
            now,
            RetryAfterHeader.ReadPushback(response));
    }
}
