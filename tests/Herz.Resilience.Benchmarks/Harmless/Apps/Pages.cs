using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Own pages of the app: health, metrics, errors, components.</summary>
internal static class Pages
{
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(3);

    public static readonly HealthyApp[] All =
    [
        new("own-pages", "the app's own /metrics and /healthz", static app =>
        {
            app.MapGet("/metrics", static () => "own_metric 1\n");
            app.MapGet("/healthz", static () => "own health");
        }, static visitor => visitor.PaceAsync(10, 5, async _ =>
        {
            await visitor.GetAsync("/metrics", new(Body: "own_metric 1"));
            await visitor.GetAsync("/healthz", new(Body: "own health"));
        })) { Field = "B6" },

        new("own-metrics-middleware", "the same as middleware before routing", static app => app.Use(static (context, next) =>
            context.Request.Path == "/metrics" ? context.Response.WriteAsync("own_metric 1\n")
            : context.Request.Path == "/healthz" ? context.Response.WriteAsync("own health") : next(context)), static visitor => visitor.PaceAsync(10, 5, async _ =>
        {
            await visitor.GetAsync("/metrics", new(Body: "own_metric 1"));
            await visitor.GetAsync("/healthz", new(Body: "own health"));
        })) { Field = "B6" },

        new("own-health", "MapHealthChecks: unhealthy for 30 probes, then healthy", MapHealth, static async visitor =>
        {
            for (var probe = 0; probe < 60; probe++)
            {
                await visitor.GetAsync("/health", probe < 30 ? new(503, Body: "Unhealthy", Within: s_probeTimeout) : new(200, Body: "Healthy", Within: s_probeTimeout));
                await Task.Delay(visitor.Scaled(0.1));
            }
        })
        {
            Field = "B9",
            Configure = static builder => builder.Services.AddHealthChecks().AddCheck<ThirtyTimesUnhealthy>("dependency"),
        },

        new("own-health-slow", "MapHealthChecks with a check that takes 1.2 s, and once 4 s", MapHealth, static visitor => visitor.PaceAsync(2, 10, _ =>
            visitor.GetAsync("/health", new(200, Body: "Healthy"))))
        {
            Field = "B5",
            Configure = static builder => builder.Services.AddHealthChecks().AddCheck<OnceHanging>("dependency"),
        },

        new("error-page", "UseExceptionHandler: the app's own page for 1 exception in 40", static app =>
        {
            app.UseExceptionHandler("/error");
            app.MapGet("/error", static (HttpContext context) => Results.Text(
                $"sorry for {context.Features.Get<IExceptionHandlerPathFeature>()!.Path}", statusCode: StatusCodes.Status500InternalServerError));
            app.MapGet("/throwing", static (bool fail) => fail ? throw new InvalidOperationException("as designed") : "fine");
        }, static visitor => visitor.PaceAsync(40, 8, index => index % 40 == 19
            ? visitor.GetAsync("/throwing?fail=true", new(500, Body: "sorry for /throwing"))
            : visitor.GetAsync("/throwing?fail=false", new(Body: "fine")))) { Field = "A7" },

        new("status-code-pages", "UseStatusCodePagesWithReExecute: the app's own page for missing paths", static app =>
        {
            app.UseStatusCodePagesWithReExecute("/status/{0}");
            app.MapGet("/status/{code:int}", static (int code) => Results.Text($"page of {code}", statusCode: code));
            app.MapDependency("/orders");
        }, static visitor => visitor.PaceAsync(60, 6, index => index % 2 == 0
            ? visitor.GetAsync($"/nothing/{index}", new(404, Body: "page of 404"))
            : visitor.GetAsync("/orders?ms=5"))),

        new("razor-streaming", "a component rendered immediately and completed after 1.5 s", static app =>
            app.MapGet("/page", static () => new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Page>()), static visitor =>
            visitor.PaceAsync(8, 8, _ => visitor.GetAsync("/page", new(Body: "complete"))))
        {
            Configure = static builder => builder.Services.AddRazorComponents(),
        },
    ];

    private static void MapHealth(WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions());
        app.MapDependency("/orders");
    }

    private sealed class ThirtyTimesUnhealthy : IHealthCheck
    {
        private static int s_probes;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(Interlocked.Increment(ref s_probes) <= 30 ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());
    }

    private sealed class OnceHanging : IHealthCheck
    {
        private static int s_probes;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Interlocked.Increment(ref s_probes) == 3 ? 4_000 : 1_200, CancellationToken.None);
            return HealthCheckResult.Healthy();
        }
    }

    [StreamRendering]
    private sealed class Page : ComponentBase
    {
        private string _text = "loading";

        protected override async Task OnInitializedAsync()
        {
            await Task.Delay(1_500);
            _text = "complete";
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, _text);
    }
}
