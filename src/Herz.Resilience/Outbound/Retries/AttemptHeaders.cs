using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// The headers by which the tiers of a chain agree on who retries. A call carries the number of its attempt; an answer says that calls
/// behind it have been retried already. Trust is not needed: a client that sends the first header only keeps its own request from being
/// retried.
/// </summary>
internal static class AttemptHeaders
{
    /// <summary>On a call: the number of the attempt, 1 for the first.</summary>
    public const string Attempt = "Herz-Attempt";

    /// <summary>On an answer to a call with <see cref="Attempt"/>: a call behind it has failed after all attempts it gets.</summary>
    public const string Retried = "Herz-Retried";

    // gRPC's own name for it: the number of attempts before this one.
    private const string GrpcPreviousAttempts = "grpc-previous-rpc-attempts";

    private static readonly string[] s_numbers = [.. Enumerable.Range(0, 11).Select(static number => number.ToString(CultureInfo.InvariantCulture))];

    public static void Write(HttpRequestMessage request, int attempt)
    {
        if (attempt > 1)
        {
            request.Headers.Remove(Attempt);
        }

        request.Headers.TryAddWithoutValidation(Attempt, s_numbers[Math.Min(attempt, 10)]);
    }

    /// <summary>Whether a service behind the dependency has retried.</summary>
    public static bool HasRetried(HttpResponseMessage response) => response.Headers.NonValidated.Contains(Retried);

    /// <summary>Whether a request is itself a retry of its caller.</summary>
    public static bool IsRetry(IHeaderDictionary headers) =>
        (headers.TryGetValue(Attempt, out var values) && int.TryParse(values, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) && attempt > 1)
        || headers.ContainsKey(GrpcPreviousAttempts);
}
