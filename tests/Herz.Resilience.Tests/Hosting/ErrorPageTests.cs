using System.Net;
using Herz.Resilience.Tests.Hosting.Apps;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>An error page that the app runs for a failed request belongs to that request: it is not refused and not counted again.</summary>
public sealed class ErrorPageTests
{
    // The page itself is limited to one request, so that a guard that runs for it again is detected.
    private const string Pattern = "/error";

    private static readonly Dictionary<string, (Action<WebApplication> Use, string Page)> s_handlers = new()
    {
        ["re-executed path"] = (static app => app.UseExceptionHandler("/error"), "the error page"),
        ["lambda"] = (static app => app.UseExceptionHandler(static error => error.Run(static context => context.Response.WriteAsync("the error page"))), "the error page"),
        ["branch with its own routing"] = (static app => app.UseExceptionHandler(static error =>
        {
            error.UseRouting();
            error.UseEndpoints(static routes => routes.MapFallback(static () => "the error page"));
        }), "the error page"),
        ["status code pages"] = (static app =>
        {
            app.UseStatusCodePagesWithReExecute("/error");
            app.Use(static async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (InvalidOperationException)
                {
                    context.Response.StatusCode = 500;
                }
            });
        }, "the error page"),
        ["developer page"] = (static app => app.UseDeveloperExceptionPage(), "out of order"),
    };

    public static TheoryData<string> Names => [.. s_handlers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task FailedRequest_WithAnErrorPage_IsCountedOnceAndNotRefused(string name)
    {
        await using var app = await StartAsync(name);

        for (var index = 0; index < 3; index++)
        {
            var answer = await app.Client.GetAsync("/fails");
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Contains(s_handlers[name].Page, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(3, await Scrape.RequestsAsync(app.Client, "route=\"/fails\"", "status=\"500\"", "outcome=\"server_error\""));
        Assert.Equal(3, await Scrape.RequestsAsync(app.Client));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task LateRequest_WithAnErrorPage_IsStillAnsweredWith504(string name)
    {
        await using var app = await StartAsync(name);

        var answer = app.Client.GetAsync("/waits?wait");
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Contains("deadline-exceeded", await (await answer).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "route=\"/waits\"", "status=\"504\"", "outcome=\"deadline_exceeded\""));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RefusedRequest_WithAnErrorPage_KeepsItsRefusal(string name)
    {
        await using var app = await StartAsync(name);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/error")).StatusCode);

        var refused = await app.Client.GetAsync("/error");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "route=\"/error\"", "outcome=\"refused\""));
    }

    [Fact]
    public async Task ErrorPage_RunByMiddlewareAroundTheGuards_SkipsTheGuards()
    {
        var shape = HostingShape.MinimalWithout(
            static app =>
            {
                app.UseExceptionHandler("/error");
                app.UseHerzDeadlines();
                app.UseHerzRateLimiting();
                app.UseRouting();
                Map(app);
            },
            static builder =>
            {
                builder.Services.AddHerzDeadlines();
                builder.Services.AddHerzRateLimiting();
            });
        await using var app = await MatrixApp.StartAsync(Pattern, shape);

        for (var index = 0; index < 3; index++)
        {
            var answer = await app.Client.GetAsync("/fails");
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Equal("the error page", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task MiddlewareBeforeRouting_ThatFails_IsCountedOnceWithItsErrorPage()
    {
        await using var app = await MatrixApp.StartAsync(Pattern, HostingShape.Minimal(static app =>
        {
            app.UseExceptionHandler("/error");
            app.Use(static (context, next) => context.Request.Path == "/early" ? throw new InvalidOperationException("out of order") : next(context));
            app.UseRouting();
            Map(app);
        }));

        var answer = await app.Client.GetAsync("/early");

        Assert.Equal("the error page", await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "status=\"500\""));
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client));
    }

    private static Task<MatrixApp> StartAsync(string name) => MatrixApp.StartAsync(Pattern, HostingShape.Minimal(app =>
    {
        s_handlers[name].Use(app);
        Map(app);
    }));

    private static void Map(WebApplication app)
    {
        app.MapGet("/fails", static string () => throw new InvalidOperationException("out of order"));
        app.MapGet("/waits", static (HttpContext context, Gate gate) => gate.AnswerAsync(context));
        app.MapGet("/error", static () => "the error page");
    }
}
