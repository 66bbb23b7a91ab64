using System.Net;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines.Framework;

/// <summary>A request timeout of the framework also sets the deadline: longer, shorter, or none.</summary>
public sealed class FrameworkTimeoutTests
{
    private static readonly TimeSpan s_five = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static readonly Dictionary<string, Func<IEndpointConventionBuilder, IEndpointConventionBuilder>> s_longer = new()
    {
        ["time"] = static endpoint => endpoint.WithRequestTimeout(s_five),
        ["policy"] = static endpoint => endpoint.WithRequestTimeout(new RequestTimeoutPolicy { Timeout = s_five }),
        ["named policy"] = static endpoint => endpoint.WithRequestTimeout("five"),
        ["attribute"] = static endpoint => endpoint.WithMetadata(new RequestTimeoutAttribute(5_000)),
        ["attribute with a policy"] = static endpoint => endpoint.WithMetadata(new RequestTimeoutAttribute("FIVE")),
        ["policy without a time"] = static endpoint => endpoint.WithRequestTimeout(new RequestTimeoutPolicy()),
        ["disabled"] = static endpoint => endpoint.DisableRequestTimeout(),
        ["disabled over a time"] = static endpoint => endpoint.WithRequestTimeout(TimeSpan.FromMilliseconds(100)).DisableRequestTimeout(),
    };

    public static TheoryData<string, bool> Longer => new(s_longer.Keys.SelectMany(static name => new[] { (name, true), (name, false) }));

    [Theory]
    [MemberData(nameof(Longer))]
    public async Task Endpoint_WithALongerTimeoutOrNone_IsNotCancelledByTheTierOfAllRoutes(string name, bool middleware)
    {
        await using var app = await StartAsync(s_longer[name], middleware);

        var answer = app.Client.GetStringAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(1.5));
        _done.SetResult();

        Assert.Equal("fine", await answer);
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_late_total"));
    }

    [Theory]
    [InlineData("time", false)]
    [InlineData("named policy", false)]
    [InlineData("time", true)]
    public async Task Endpoint_WithItsOwnTimeout_IsCancelledAfterIt(string name, bool middleware)
    {
        await using var app = await StartAsync(s_longer[name], middleware);

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(5.3));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", "mode=\"enforce\""));
        Assert.Contains("the framework's request timeout", Assert.Single(app.Logs.Entries, entry => entry.EventId == 401).Message);
    }

    [Fact]
    public async Task Endpoint_WithAShorterTimeout_IsCancelledAfterIt()
    {
        await using var app = await StartAsync(static endpoint => endpoint.WithRequestTimeout(TimeSpan.FromMilliseconds(200)), middleware: false);

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(201));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
    }

    [Fact]
    public async Task Endpoint_InDefaultConfiguration_UsesTheDefaultPolicy()
    {
        await using var app = await StartAsync(
            static endpoint => endpoint, middleware: false, new() { ["Deadlines:Tiers:Api"] = null },
            static options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(2) });

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
    }

    [Theory]
    [InlineData("time")]
    [InlineData("disabled")]
    public async Task ConfiguredRoute_OverridesTheTimeout(string name)
    {
        await using var app = await StartAsync(
            s_longer[name], middleware: false, new() { ["Deadlines:Routes:0:Pattern"] = "/", ["Deadlines:Routes:0:Api"] = "00:00:00.100" });

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
    }

    [Fact]
    public async Task Policy_ThatDoesNotExist_IsIgnored()
    {
        await using var app = await StartAsync(static endpoint => endpoint.WithRequestTimeout("six"), middleware: false);
        _done.SetResult();

        Assert.Equal("fine", await app.Client.GetStringAsync("/"));
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_guard_faults_total"));
    }

    [Fact]
    public async Task Framework_ThatCancelsFirst_WritesItsOwnAnswer()
    {
        // The framework uses the system clock; the test clock does not move.
        await using var app = await StartAsync(
            static endpoint => endpoint.WithRequestTimeout(new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromMilliseconds(20),
                TimeoutStatusCode = StatusCodes.Status418ImATeapot,
                WriteTimeoutResponse = static context => context.Response.WriteAsync("too slow, says the app"),
            }),
            middleware: true);

        var answer = await app.Client.GetAsync("/");

        Assert.Equal("too slow, says the app", await answer.Content.ReadAsStringAsync());
        Assert.Equal(418, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Deadline_EqualToTheFrameworksTimeout_ExpiresLater()
    {
        await using var app = await StartAsync(static endpoint => endpoint.WithRequestTimeout(s_five), middleware: true);

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromSeconds(5.1));
        _done.SetResult();

        Assert.Equal(HttpStatusCode.OK, await answer);
    }

    [Fact]
    public async Task Handler_ThatDisablesTheTimeout_DisablesTheDeadline()
    {
        await using var app = await StartAsync(
            static endpoint => endpoint.WithRequestTimeout(s_five), middleware: true,
            begin: static context => context.Features.Get<IHttpRequestTimeoutFeature>()!.DisableTimeout());

        var answer = app.StatusAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMinutes(5));
        _done.SetResult();

        Assert.Equal(HttpStatusCode.OK, await answer);
    }

    private Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    private Task<TestApp> StartAsync(
        Func<IEndpointConventionBuilder, IEndpointConventionBuilder> configure,
        bool middleware,
        Dictionary<string, string?>? settings = null,
        Action<RequestTimeoutOptions>? options = null,
        Action<HttpContext>? begin = null) => TestApp.StartAsync(
            web =>
            {
                if (middleware)
                {
                    web.UseRequestTimeouts();
                }

                configure(web.MapGet("/", async (HttpContext context) =>
                {
                    begin?.Invoke(context);
                    var token = context.RequestAborted; // First, since a clock moved while a timer is being set would leave it late.
                    _entered.SetResult();
                    await _done.Task.WaitAsync(token);
                    return "fine";
                }));
            },
            settings ?? new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" },
            _time,
            builder => builder.Services.AddRequestTimeouts(timeouts =>
            {
                timeouts.AddPolicy("five", s_five);
                options?.Invoke(timeouts);
            }));
}
