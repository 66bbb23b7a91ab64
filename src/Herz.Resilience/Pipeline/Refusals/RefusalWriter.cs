using System.Globalization;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>
/// Writes every refusal: the status, <c>Retry-After</c>, the headers of the guard, and problem details (RFC 9457).
/// A gRPC caller gets a status in a trailers-only answer, with <c>grpc-retry-pushback-ms</c> (gRFC A6).
/// </summary>
internal sealed class RefusalWriter(GuardFaults faults, CorsRefusals cors, ILogger<RefusalWriter> logger)
{
    // These describe content that is not sent. Other headers that the app has set, such as security headers, stay.
    private static readonly string[] s_contentHeaders =
    [
        HeaderNames.ContentEncoding, HeaderNames.ContentDisposition, HeaderNames.ContentLanguage, HeaderNames.ContentLocation, HeaderNames.ContentRange,
        HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.CacheControl, HeaderNames.Expires, HeaderNames.Pragma, HeaderNames.ETag, HeaderNames.LastModified,
    ];

    // Cached, since most retry times are below a minute.
    private static readonly string[] s_seconds = [.. Enumerable.Range(0, 61).Select(static second => second.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Writes a refusal at the end of the app's pipeline, to the server's own response body if the app has left a replacement there.</summary>
    public Task WriteLastAsync(HttpContext context, Refusal refusal)
    {
        var body = context.Features.Get<IHttpResponseBodyFeature>();
        while (body is StreamResponseBodyFeature { PriorFeature: { } prior })
        {
            body = prior;
        }

        context.Features.Set(body);
        return WriteAsync(context, refusal);
    }

    /// <summary>Writes a refusal at the current point of the pipeline.</summary>
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

        Clear(response);
        response.StatusCode = refusal.StatusCode;
        cors.Apply(context);
        if (refusal.RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = RetryAfterText(retryAfter);
        }

        if (refusal.WriteHeaders is { } writeHeaders)
        {
            // A refusal without its further headers is still correct.
            faults.Contain(refusal.Guard, "refuse", response.Headers, writeHeaders);
        }

        return WriteProblemAsync(context, refusal);
    }

    private static void Clear(HttpResponse response)
    {
        foreach (var name in s_contentHeaders)
        {
            response.Headers.Remove(name);
        }

        // Content written so far is in a buffer of the app.
        if (response.Body is { CanSeek: true } buffer)
        {
            buffer.SetLength(0);
        }
    }

    private static string RetryAfterText(TimeSpan time)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
        return seconds < s_seconds.Length ? s_seconds[seconds] : seconds.ToString(CultureInfo.InvariantCulture);
    }

    private static void WriteGrpc(HttpResponse response, Refusal refusal)
    {
        Clear(response);
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
