using Herz.Resilience.Configuration;
using Herz.Resilience.Health.Checks;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Health;

/// <summary>The probe over HTTP.</summary>
internal sealed class HealthPage(HealthProbe probe, HealthMonitor monitor, Settings<HealthOptions> settings) : ManagementPage
{
    public override PageExposure Exposure => PageExposure.Everywhere;

    public override string Path => settings.Value.Path;

    public override string Title => "health probe";

    public override string PathKey => "Herz:Health:Path";

    public override bool IsForHerz(HttpRequest request) => request.Query.ContainsKey("probe");

    public override bool IsSameKind(PageAnswer answer) => HealthAnswer.Is(answer.Status, answer.ContentType, answer.Body.Span);

    public override Task AnswerAsync(HttpContext context) => AnswerAsync(context, probe, monitor, kind: null);

    public static async Task AnswerAsync(HttpContext context, HealthProbe probe, HealthMonitor monitor, ProbeKind? kind)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        // Only right after the start, while the checks run for the first time.
        await monitor.FirstResultsAsync(kind ?? ProbeQuery.KindOf(context.Request.Query["probe"].ToString()) ?? ProbeKind.Live);
        var wantsJson = context.Request.Headers.Accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);
        var answer = ProbeResponse.Of(probe, kind, context.Request.Query, wantsJson);
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(answer.Body);
        }
    }
}
