using System.Net;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines.Tiers;

/// <summary>The default tier on a real server: observed first, enforced after it is measured to fit.</summary>
public sealed class MeasuredTierTests
{
    private readonly FakeTimeProvider _time = new();

    // On the test clock, so that slow requests do not slow down the test.
    private TimeSpan _duration = TimeSpan.FromMilliseconds(10);
    private TaskCompletionSource? _hangs;

    [Fact]
    public async Task LateAnswer_InDefaultConfiguration_IsDeliveredAndCountedAndOpensNoCircuit()
    {
        await using var app = await StartAsync();
        _duration = TimeSpan.FromMilliseconds(900);

        for (var index = 0; index < 60; index++)
        {
            Assert.Equal("fine", await app.Client.GetStringAsync("/"));
        }

        Assert.Equal(60, await Scrape.SumAsync(app.Client, "herz_deadline_late_total", "route=\"/\""));
        Assert.Equal(60, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", "mode=\"observe\""));
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", "mode=\"enforce\""));
    }

    [Theory]
    [InlineData("Deadlines:Tiers:Api", "00:00:00.800", true)]
    [InlineData("Deadlines:Routes:0:Api", "00:00:00.800", true)]
    [InlineData("Deadlines:Mode", "Observe", false)]
    [InlineData("Mode", "Observe", false)]
    public async Task LateAnswer_InEveryMode_IsDeliveredAndCounted(string key, string value, bool enforced)
    {
        var settings = new Dictionary<string, string?> { [key] = value };
        if (key.Contains("Routes", StringComparison.Ordinal))
        {
            settings["Deadlines:Routes:0:Pattern"] = "/";
        }

        await using var app = await StartAsync(settings);
        _duration = TimeSpan.FromMilliseconds(900);

        for (var index = 0; index < 30; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }

        Assert.Equal(30, await Scrape.SumAsync(app.Client, "herz_deadline_late_total", "route=\"/\""));
        Assert.Equal(enforced ? 0 : 30, await Scrape.SumAsync(app.Client, "herz_deadline_exceeded_total", "mode=\"observe\""));
    }

    [Fact]
    public async Task LateAnswer_WhereDeadlinesAreOff_IsNotCounted()
    {
        await using var app = await StartAsync(new() { ["Deadlines:Mode"] = "Off" });
        _duration = TimeSpan.FromMilliseconds(900);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));

        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_late_total"));
    }

    [Fact]
    public async Task ColdStart_WithSlowAnswers_IsNotCancelled()
    {
        await using var app = await StartAsync();
        _duration = TimeSpan.FromSeconds(1.5);
        for (var index = 0; index < 50; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }

        _duration = TimeSpan.FromMilliseconds(10);
        for (var index = 0; index < 50; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }
    }

    [Fact]
    public async Task Endpoint_FastForTwoHours_IsCancelledWhenItHangs_AlsoAfterAReload()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        await AssertStateAsync(app, 0);

        await MeasureAsync(app);

        await AssertStateAsync(app, 1);
        Assert.Contains("fits /", Assert.Single(app.Logs.Entries, entry => entry.EventId == 403).Message);
        await AssertCancelledAsync(app);

        app.Reload(("Deadlines:Tiers:Database", "00:00:00.200"));
        await AssertCancelledAsync(app);
        await AssertStateAsync(app, 1);

        app.Reload(("Deadlines:Mode", "Observe"));
        await AssertStateAsync(app, 0);
        Assert.Contains("the default, measured to fit", Assert.Single(app.Logs.Entries, entry => entry.EventId == 401).Message);
    }

    [Fact]
    public async Task Endpoint_InObserve_IsMeasuredButNotCancelled()
    {
        await using var app = await StartAsync(new() { ["Deadlines:Mode"] = "Observe" });
        await MeasureAsync(app);
        _duration = TimeSpan.FromSeconds(3);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));

        app.Reload(("Deadlines:Mode", "Enforce"));
        await AssertCancelledAsync(app);
    }

    [Fact]
    public async Task Endpoint_ThatOnlyFailsQuickly_IsNotMeasured()
    {
        var status = StatusCodes.Status404NotFound;
        await using var app = await TestApp.StartAsync(web => web.MapGet("/", () => Results.StatusCode(status)), time: _time);
        foreach (var failure in new[] { 404, 401, 503 })
        {
            status = failure;
            await MeasureAsync(app, failure);
        }

        await AssertStateAsync(app, 0);
    }

    [Fact]
    public async Task Endpoint_UsuallyLate_IsLoggedOnceWithItsTimeAndTheKey()
    {
        await using var app = await StartAsync();
        _duration = TimeSpan.FromSeconds(2);
        for (var index = 0; index < 400; index++)
        {
            await app.Client.GetStringAsync("/");
        }

        var line = Assert.Single(app.Logs.Entries, entry => entry.EventId == 402);
        Assert.Contains("Herz:Deadlines:Routes with Pattern \"/\"", line.Message);
        Assert.Contains("100", line.Message);
    }

    [Fact]
    public async Task Download_ThatTakesLongToSend_IsCountedAtMostOnce()
    {
        await using var app = await TestApp.StartAsync(
            web => web.MapGet("/", async (HttpContext context) =>
            {
                await context.Response.Body.FlushAsync();
                _time.Advance(TimeSpan.FromSeconds(30));
                await context.Response.WriteAsync("the file");
            }),
            time: _time);

        for (var index = 0; index < 10; index++)
        {
            Assert.Equal("the file", await app.Client.GetStringAsync("/"));
        }

        Assert.InRange(await Scrape.SumAsync(app.Client, "herz_deadline_late_total"), 0, 1);
    }

    [Fact]
    public async Task EventStream_WithALateFirstEvent_IsNotLate()
    {
        await using var app = await TestApp.StartAsync(
            web => web.MapGet("/", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                _time.Advance(TimeSpan.FromSeconds(30));
                await context.Response.WriteAsync("data: 1\n\n");
            }),
            time: _time);

        Assert.Equal("data: 1\n\n", await app.Client.GetStringAsync("/"));

        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_late_total"));
    }

    [Fact]
    public async Task AsyncItems_WithALateFirstItem_ArriveComplete()
    {
        await using var app = await TestApp.StartAsync(web => web.MapGet("/", (CancellationToken token) => ItemsAsync(token)), time: _time);

        Assert.Equal("[1,2,3]", await app.Client.GetStringAsync("/"));

        async IAsyncEnumerable<int> ItemsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            _time.Advance(TimeSpan.FromSeconds(1.5));
            await Task.Yield();
            for (var item = 1; item <= 3; item++)
            {
                token.ThrowIfCancellationRequested();
                yield return item;
            }
        }
    }

    [Fact]
    public async Task EnteredTiers_AreEnforcedFromTheFirstRequest()
    {
        await using var app = await TestApp.StartAsync(
            web => web.MapGet("/", (IDeadlines deadlines) =>
            {
                using var database = deadlines.Enter(DeadlineTier.Database);
                return $"{deadlines.Remaining?.TotalMilliseconds} {database.Token.CanBeCanceled}";
            }),
            time: _time);

        Assert.Equal("300 True", await app.Client.GetStringAsync("/"));
    }

    private Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null) => TestApp.StartAsync(
        web => web.MapGet("/", async (CancellationToken token) =>
        {
            if (_hangs is { } hangs)
            {
                hangs.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }

            _time.Advance(_duration);
            return "fine";
        }),
        settings,
        _time);

    private async Task MeasureAsync(TestApp app, int status = 200)
    {
        await app.StatusAsync("/");
        for (var minute = 0; minute <= TierFit.RequiredAnswers / TierFit.MaxPerMinute; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            for (var index = 0; index < TierFit.MaxPerMinute; index++)
            {
                Assert.Equal(status, (int)await app.StatusAsync("/"));
            }
        }
    }

    private async Task AssertCancelledAsync(TestApp app)
    {
        _hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = app.StatusAsync("/");
        await _hangs.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, await answer);
        _hangs = null;
    }

    private static async Task AssertStateAsync(TestApp app, int state) =>
        Assert.Contains($"herz_deadline_state{{endpoint=\"GET /\"}} {state}\n", await app.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
}
