using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting;

public sealed class PermitQueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null)]
    [InlineData("/")]
    public async Task Requests_PastTheBurst_WaitInOrderUntilTheirPermits(string? route)
    {
        await using var app = await StartAsync(perSecond: 10, queue: 2, route);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));

        var second = StatusAsync(app);
        await WaitingAsync(app, 1);
        var third = StatusAsync(app);
        await WaitingAsync(app, 2);
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(app));
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal(HttpStatusCode.OK, await second);
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal(HttpStatusCode.OK, await third);
        await WaitingAsync(app, 0);
    }

    [Fact]
    public async Task Request_WithAPermitAfterItsDeadline_IsRefusedAtOnce()
    {
        await using var app = await StartAsync(perSecond: 1, queue: 10);
        await StatusAsync(app);

        var answer = await app.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Client_ThatLeavesWhileItWaits_GivesItsReservationBack()
    {
        await using var app = await StartAsync(perSecond: 10, queue: 1);
        await StatusAsync(app);
        using var cancel = new CancellationTokenSource();
        var leaving = app.Client.GetAsync("/", cancel.Token);
        await WaitingAsync(app, 1);
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(app));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await WaitingAsync(app, 0);
        var next = StatusAsync(app);
        await WaitingAsync(app, 1);
        _time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(HttpStatusCode.OK, await next);
    }

    [Fact]
    public async Task Reservation_InOnePolicy_IsGivenBackWhenAnotherRefuses()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", static () => "ok"), new()
        {
            ["RateLimiting:Policies:first:PermitsPerSecond"] = "10",
            ["RateLimiting:Policies:first:Burst"] = "1",
            ["RateLimiting:Policies:first:QueueLimit"] = "5",
            ["RateLimiting:Policies:second:PermitsPerSecond"] = "0.1",
            ["RateLimiting:Policies:second:Burst"] = "1",
        }, _time);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));

        for (var index = 0; index < 20; index++)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(app));
        }

        // If refusals cost permits of the first policy, its next permit would be 2 s away.
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
        await WaitingAsync(app, 0);
    }

    [Fact]
    public async Task Observe_MakesNoRequestWait()
    {
        await using var app = await StartAsync(perSecond: 10, queue: 1, mode: "Observe");

        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
        }

        // With Enforce, the second request would wait and the third would be refused.
        var refused = (await app.Client.GetStringAsync("/metrics")).Split('\n').Single(static line => line.StartsWith("herz_requests_refused_total{", StringComparison.Ordinal));
        Assert.EndsWith(" 1", refused);
    }

    [Fact]
    public async Task Reload_WhileARequestWaits_KeepsIt()
    {
        await using var app = await StartAsync(perSecond: 10, queue: 1);
        await StatusAsync(app);
        var waiting = StatusAsync(app);
        await WaitingAsync(app, 1);

        app.Reload(("RateLimiting:Policies:default:QueueLimit", "0"));
        _time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(HttpStatusCode.OK, await waiting);
    }

    private Task<TestApp> StartAsync(double perSecond, int queue, string? route = null, string mode = "Enforce") => TestApp.StartAsync(
        static web => web.MapGet("/", static () => "ok"),
        new()
        {
            ["Deadlines:Routes:0:Pattern"] = "/",
            ["Deadlines:Routes:0:Api"] = "00:00:00.800",
            ["RateLimiting:Policies:default:PermitsPerSecond"] = $"{perSecond}",
            ["RateLimiting:Policies:default:Burst"] = "1",
            ["RateLimiting:Policies:default:QueueLimit"] = $"{queue}",
            ["RateLimiting:Policies:default:Mode"] = mode,
            [route is null ? "RateLimiting:SendFieldsOnSuccess" : "RateLimiting:Policies:default:Routes:0"] = route ?? "false",
        },
        _time);

    private static Task<HttpStatusCode> StatusAsync(TestApp app) => app.StatusAsync("/");

    private static Task WaitingAsync(TestApp app, int expected) => app.WaitForMetricAsync($"herz_rate_limiting_waiting {expected}");
}
