using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Tests.Management;

/// <summary>The app's own page at one of our paths stays, and is logged with the key that changes our path.</summary>
public sealed class OwnPagesTests
{
    [Fact]
    public async Task MappedPages_StayAndAreLoggedAtStart()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.MapGet("/metrics", static () => "mine 1\n");
            web.MapGroup("/").MapHealthChecks("healthz");
        }, build: static builder => builder.Services.AddHealthChecks());

        Assert.Equal(2, app.Logs.Entries.Count(static entry => entry.EventId == 1203));
        Assert.Contains("set Herz:Metrics:Path to another path", MessageOf(app, "/metrics"), StringComparison.Ordinal);
        Assert.Contains("set Herz:Health:Path to another path", MessageOf(app, "/healthz"), StringComparison.Ordinal);
        Assert.Equal(("mine 1\n", "Healthy"), (await app.Client.GetStringAsync("/metrics"), await app.Client.GetStringAsync("/healthz?probe=ready")));
    }

    [Fact]
    public async Task MovedPages_AreServedNextToTheApps()
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/metrics", static () => "mine 1\n"), new() { ["Metrics:Path"] = "/metrics/herz" });

        Assert.DoesNotContain(app.Logs.Entries, static entry => entry.EventId == 1203);
        Assert.Equal("mine 1\n", await app.Client.GetStringAsync("/metrics"));
        Assert.Contains("herz_requests_active", await app.Client.GetStringAsync("/metrics/herz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagesOfMiddleware_StayAndAreLoggedAtTheFirstRequest()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.UseHealthChecks("/healthz");
            web.Map("/metrics", static branch => branch.Run(static context =>
            {
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                context.Response.Headers["X-Own"] = "yes";
                return context.Response.WriteAsync("mine 1\n");
            }));
        }, build: static builder => builder.Services.AddHealthChecks());

        for (var time = 0; time < 3; time++)
        {
            using var metrics = await app.Client.GetAsync("/metrics");
            Assert.Equal(("mine 1\n", "yes"), (await metrics.Content.ReadAsStringAsync(), metrics.Headers.GetValues("X-Own").Single()));
            Assert.Equal("Healthy", await app.Client.GetStringAsync("/healthz"));
        }

        Assert.Contains("set Herz:Metrics:Path", MessageOf(app, "/metrics"), StringComparison.Ordinal);
        Assert.Contains("set Herz:Health:Path", MessageOf(app, "/healthz"), StringComparison.Ordinal);

        // Only our page handles the query.
        Assert.Contains("\"probe\":\"ready\"", await app.Client.GetStringAsync("/healthz?probe=ready"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unhealthy")]
    [InlineData("degraded")]
    public async Task HealthPageOfMiddleware_WhenTheAppIsNotHealthy_Stays(string state)
    {
        var status = state == "unhealthy" ? HealthStatus.Unhealthy : HealthStatus.Degraded;
        await using var app = await TestApp.StartAsync(
            static web => web.UseHealthChecks("/healthz"),
            build: builder => builder.Services.AddHealthChecks().AddCheck("disk", () => new HealthCheckResult(status)));

        Assert.Equal(status.ToString(), await (await app.Client.GetAsync("/healthz")).Content.ReadAsStringAsync());
    }

    public static TheoryData<string, int> CatchAlls => new()
    {
        { "<html>app</html>", 200 },
        { "Hello World!", 200 },
        { "", 200 },
        { "{\"items\":[]}", 200 },
        { "PATH", 200 },
        { "sign in", 401 },
        { "gone", 410 },
        { "throws", 0 },
    };

    [Theory]
    [MemberData(nameof(CatchAlls))]
    public async Task AppThatAnswersEveryPath_KeepsOurPages(string body, int status)
    {
        await using var app = await TestApp.StartAsync(web => web.Run(async context =>
        {
            if (status == 0)
            {
                throw new InvalidOperationException("no such page");
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = body.StartsWith('<') ? "text/html" : "text/plain";
            context.Response.Headers["X-Own"] = "yes";
            context.Response.Cookies.Append("seen", "1");
            await context.Response.WriteAsync(body == "PATH" ? $"You asked for {context.Request.Path}." : body);
        }));

        foreach (var path in (string[])["/healthz", "/metrics", "/healthz", "/metrics"])
        {
            using var answer = await app.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("X-Own") || answer.Headers.Contains("Set-Cookie"));
            Assert.Contains(path == "/metrics" ? "herz_requests_active" : "\"status\":\"healthy\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(app.Logs.Entries, static entry => entry.EventId == 1203);
    }

    [Fact]
    public async Task AnyAnswerOfAMiddleware_OnlyAtOurPaths_Stays()
    {
        await using var app = await TestApp.StartAsync(static web => web.Use(static (context, next) =>
            context.Request.Path == "/metrics" ? context.Response.WriteAsync("own_metric 1\n")
            : context.Request.Path == "/healthz" ? context.Response.WriteAsync("fine, thanks") : next(context)));

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(("own_metric 1\n", "fine, thanks"), (await app.Client.GetStringAsync("/metrics"), await app.Client.GetStringAsync("/healthz")));
        }
    }

    [Fact]
    public async Task PageOfAMiddleware_InAnAppThatAnswersEveryPath_Stays()
    {
        await using var app = await TestApp.StartAsync(
            static web =>
            {
                web.UseHealthChecks("/healthz");
                web.MapFallback(static () => Results.Content("<html>app</html>", "text/html"));
            },
            build: static builder => builder.Services.AddHealthChecks());

        Assert.Equal("Healthy", await app.Client.GetStringAsync("/healthz"));
        Assert.Contains("herz_requests_active", await app.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal("<html>app</html>", await app.Client.GetStringAsync("/metrics-none-of-the-app"));
    }

    [Fact]
    public async Task EndpointOfOneHost_StaysOnlyOnThatHost()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/metrics", static () => "mine 1\n").RequireHost("inner.example"));

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal("mine 1\n", await GetAsync(app, "/metrics", "inner.example"));
            Assert.Contains("herz_requests_active", await GetAsync(app, "/metrics", "outer.example"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EndpointOfAnotherMethod_KeepsOurPage()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapPost("/metrics", static () => "pushed"));

        Assert.Contains("herz_requests_active", await app.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        using var pushed = await app.Client.PostAsync("/metrics", null);
        Assert.Equal("pushed", await pushed.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.Client.PostAsync("/healthz", null)).StatusCode);
    }

    [Fact]
    public async Task Head_OfOurPages_IsAnsweredWithoutATrial()
    {
        var requests = 0;
        await using var app = await TestApp.StartAsync(web => web.Run(_ =>
        {
            requests++;
            return Task.CompletedTask;
        }));

        using var answer = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"));

        Assert.Equal((HttpStatusCode.OK, 0), (answer.StatusCode, requests));
    }

    [Fact]
    public async Task EndlessAnswer_OfAppThatAnswersEveryPath_IsBounded()
    {
        var chunk = new byte[1 << 20];
        await using var app = await TestApp.StartAsync(web => web.Run(async context =>
        {
            for (var index = 0; index < 64; index++)
            {
                await context.Response.Body.WriteAsync(chunk);
            }
        }));

        Assert.Contains("\"healthy\"", await app.Client.GetStringAsync("/healthz"), StringComparison.Ordinal);
    }

    private static string MessageOf(TestApp app, string path) =>
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 1203 && entry.Message.Contains($"answers {path} itself", StringComparison.Ordinal)).Message;

    private static async Task<string> GetAsync(TestApp app, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await app.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
