using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>
/// The answer to a call that a guard refused: 429 or 503 with <c>Retry-After</c> and problem details, as the dependency itself would have
/// answered. So the code that handles a failing dependency handles this too, and no exception is thrown.
/// </summary>
internal static class RefusedAnswer
{
    private const string GrpcUnavailable = "14";

    public const string ProblemType = "urn:herz:problem:dependency-refused";

    public static HttpResponseMessage Create(HttpRequestMessage request, CallRefusal refusal)
    {
        request.Options.Set(HerzRequestOptions.RefusedBy, refusal.Guard);
        return GrpcCalls.Is(request) ? CreateGrpc(request, refusal) : CreateHttp(request, refusal);
    }

    private static HttpResponseMessage CreateHttp(HttpRequestMessage request, CallRefusal refusal)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["type"] = ProblemType,
            ["title"] = "The call was not sent, to spare the dependency.",
            ["status"] = refusal.Status,
            ["detail"] = refusal.Reason,
            ["guard"] = refusal.Guard,
        });
        var response = new HttpResponseMessage((HttpStatusCode)refusal.Status)
        {
            RequestMessage = request,
            ReasonPhrase = "Not sent",
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/problem+json") } },
        };
        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))));
        }

        return response;
    }

    // A trailers-only answer; a gRPC client that retries obeys the time in it (gRFC A6).
    private static HttpResponseMessage CreateGrpc(HttpRequestMessage request, CallRefusal refusal)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = request,
            Version = HttpVersion.Version20,
            Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        response.Headers.TryAddWithoutValidation("grpc-status", GrpcUnavailable);
        response.Headers.TryAddWithoutValidation("grpc-message", Uri.EscapeDataString(refusal.Reason));
        if (refusal.RetryAfter is { } wait)
        {
            response.Headers.TryAddWithoutValidation("grpc-retry-pushback-ms", Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }
}
