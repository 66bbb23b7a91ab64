using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Writes every refusal: the status, <c>Retry-After</c>, the headers of the guard, and problem details (RFC 9457);
/// to a gRPC caller a status in a trailers-only answer, with <c>grpc-retry-pushback-ms</c> (gRFC A6).
/// </summary>
internal sealed class RefusalWriter(GuardFaults faults, ILogger<RefusalWriter> logger)
{
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
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        WriteHeaders(response, refusal);
        return WriteProblemAsync(context, refusal);
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
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", refusal.Type);
            json.WriteString("title", refusal.Title);
            json.WriteNumber("status", refusal.StatusCode);
            if (refusal.Detail is { } detail)
            {
                json.WriteString("detail", detail);
            }

            foreach (var (name, value) in refusal.Extensions)
            {
                json.WritePropertyName(name);
                JsonSerializer.Serialize(json, value);
            }

            json.WriteEndObject();
        }

        var response = context.Response;
        response.ContentType = "application/problem+json";
        response.ContentLength = buffer.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(buffer.WrittenMemory).AsTask();
    }
}
