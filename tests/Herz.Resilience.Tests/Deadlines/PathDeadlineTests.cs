using System.Net;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines;

/// <summary>A request without an endpoint has a deadline only if its path is configured.</summary>
public sealed class PathDeadlineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(null)]
    [InlineData("00:00:00.800")]
    public async Task Callback_WithASlowTokenEndpoint_Redirects(string? api)
    {
        await using var app = await StartAsync(new() { ["Deadlines:Tiers:Api"] = api });

        var answer = SendAsync(app, "/signin-oidc");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(900));
        _done.SetResult();

        Assert.Equal(HttpStatusCode.Found, await answer);
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_late_total"));
    }

    [Theory]
    [InlineData("/signin-oidc")]
    [InlineData("/{provider}")]
    public async Task Callback_WithAConfiguredPath_IsCancelledAndLogged(string pattern)
    {
        await using var app = await StartAsync(new() { ["Deadlines:Routes:0:Pattern"] = pattern, ["Deadlines:Routes:0:Api"] = "00:00:02" });

        var answer = SendAsync(app, "/signin-oidc");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", $"route=\"{pattern}\"", "mode=\"enforce\""));
        var line = Assert.Single(app.Logs.Entries, entry => entry.EventId == 401);
        Assert.Contains(pattern, line.Message);
    }

    [Fact]
    public async Task Callback_WithAConfiguredPath_InObserve_IsOnlyCounted()
    {
        await using var app = await StartAsync(
            new() { ["Deadlines:Routes:0:Pattern"] = "/signin-oidc", ["Deadlines:Routes:0:Api"] = "00:00:02", ["Deadlines:Mode"] = "Observe" });

        var answer = SendAsync(app, "/signin-oidc");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(3));
        _done.SetResult();

        Assert.Equal(HttpStatusCode.Found, await answer);
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", "route=\"/signin-oidc\"", "mode=\"observe\""));
    }

    [Fact]
    public async Task Endpoint_MatchingAConfiguredPathPattern_HasItsOwnTier()
    {
        await using var app = await StartAsync(new() { ["Deadlines:Routes:0:Pattern"] = "/{**all}", ["Deadlines:Routes:0:Api"] = "00:00:00.100" });

        var answer = SendAsync(app, "/orders");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(500));
        _done.SetResult();

        Assert.Equal(HttpStatusCode.OK, await answer);
    }

    [Fact]
    public async Task TerminalMiddleware_OfAnAppWithoutEndpoints_IsNotCancelled()
    {
        await using var app = await TestApp.StartAsync(
            web => web.Run(async context =>
            {
                var token = context.RequestAborted; // First, since a clock moved while a timer is being set would leave it late.
                _entered.SetResult();
                await _done.Task.WaitAsync(token);
                await context.Response.WriteAsync("whole");
            }),
            new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" },
            _time);

        var answer = app.Client.GetStringAsync("/anything");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(30));
        _done.SetResult();

        Assert.Equal("whole", await answer);
    }

    private Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    private static async Task<HttpStatusCode> SendAsync(TestApp app, string path)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    // Like an authentication handler, which answers its callback before routing, after the token endpoint has answered.
    private Task<TestApp> StartAsync(Dictionary<string, string?> settings) => TestApp.StartAsync(
        web =>
        {
            web.Use(async (context, next) =>
            {
                if (context.Request.Path == "/signin-oidc")
                {
                    await WaitAsync(context);
                    context.Response.Redirect("/");
                    return;
                }

                await next(context);
            });
            web.UseRouting();
            web.MapGet("/", () => "home");
            web.MapGet("/orders", WaitAsync);
        },
        settings,
        _time);

    private async Task WaitAsync(HttpContext context)
    {
        var token = context.RequestAborted; // First, since a clock moved while a timer is being set would leave it late.
        _entered.SetResult();
        await _done.Task.WaitAsync(token);
    }
}
