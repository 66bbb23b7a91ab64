using System.Buffers;
using System.Text.Json;
using Herz.Resilience.Configuration;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Health;

/// <summary>The probe over HTTP. It returns names and states of the app's checks, never their descriptions, which may contain secrets.</summary>
internal sealed class HealthPage(HealthProbe probe, Settings<HealthOptions> settings) : ManagementPage
{
    public override PageExposure Exposure => PageExposure.Everywhere;

    public override string Path => settings.Value.Path;

    public override string Title => "health probe";

    public override string PathKey => "Herz:Health:Path";

    public override bool IsForHerz(HttpRequest request) => request.Query.ContainsKey("probe");

    public override bool IsSameKind(PageAnswer answer) => HealthAnswer.Is(answer.Status, answer.ContentType, answer.Body.Span);

    public override async Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        var name = context.Request.Query["probe"];
        if (!TryParse(name, out var kind))
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, json => json.WriteString("error", $"probe is \"{name}\"; expected live, ready or startup."));
            return;
        }

        var answer = await probe.AskAsync(kind);
        response.StatusCode = answer.Passed ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await WriteAsync(context, json => Write(json, kind, answer));
    }

    private static bool TryParse(string? text, out ProbeKind kind)
    {
        kind = text switch
        {
            null or "" or "ready" => ProbeKind.Ready,
            "live" => ProbeKind.Live,
            "startup" => ProbeKind.Startup,
            _ => (ProbeKind)(-1),
        };
        return kind >= 0;
    }

    private static void Write(Utf8JsonWriter json, ProbeKind kind, ProbeAnswer answer)
    {
        json.WriteString("status", answer.Status);
        json.WriteString("probe", HealthMetrics.NameOf(kind));
        json.WriteStartArray("checks");
        foreach (var (name, status, text) in answer.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("status", status);
            if (text is not null)
            {
                json.WriteString("text", text);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(buffer.WrittenMemory).AsTask();
    }
}
