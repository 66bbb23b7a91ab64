using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Writes every refusal: the status, <c>Retry-After</c>, the headers of the guard, and problem details (RFC 9457);
/// to a gRPC caller a status in a trailers-only answer, with <c>grpc-retry-pushback-ms</c> (gRFC A6).
/// </summary>
internal sealed class RefusalWriter(GuardFaults faults, ILogger<RefusalWriter> logger)
{
    // Most refusals last for seconds.
    private static readonly string[] s_seconds = [.. Enumerable.Range(0, 61).Select(static second => second.ToString(CultureInfo.InvariantCulture))];

    public Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        logger.Refused(refusal.Guard, context.Request.Method, context.Request.Path, refusal.StatusCode, refusal.Rule);
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (GrpcMethod.IsCall(context.Request))
        {
            WriteGrpc(response, refusal);
            return Task.CompletedTask;
        }

        response.Clear();
        response.StatusCode = refusal.StatusCode;
        if (refusal.RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = RetryAfterText(retryAfter);
        }

        WriteHeaders(response, refusal);
        return WriteProblemAsync(context, refusal);
    }

    private static string RetryAfterText(TimeSpan time)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
        return seconds < s_seconds.Length ? s_seconds[seconds] : seconds.ToString(CultureInfo.InvariantCulture);
    }

    private void WriteHeaders(HttpResponse response, Refusal refusal)
    {
        try
        {
            refusal.WriteHeaders?.Invoke(response.Headers);
        }
#pragma warning disable CA1031 // A refusal without its further headers is still the right answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            faults.Report(refusal.Guard, "refuse", exception);
        }
    }

    private static void WriteGrpc(HttpResponse response, Refusal refusal)
    {
        response.Clear();
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = GrpcMethod.StatusOf(refusal.StatusCode);
        response.Headers["grpc-message"] = Uri.EscapeDataString(refusal.Title);
        if (refusal.RetryAfter is { } retryAfter)
        {
            response.Headers["grpc-retry-pushback-ms"] = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static Task WriteProblemAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        var body = refusal.Body;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }
}
