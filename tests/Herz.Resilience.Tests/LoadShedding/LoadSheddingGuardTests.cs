using System.Net;
using System.Text.Json;
using Herz.Resilience.LoadShedding;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LoadShedding;

public sealed class LoadSheddingGuardTests
{
    private const string Endpoint = "GET /orders";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task OverloadedEndpoint_AnswersA503ThatSaysItAll()
    {
        await using var app = await StartAsync();
        Fill(app);

        var answer = await app.Client.GetAsync("/orders");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(503, problem.RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Refusals_DoNotAllAskBackAtOnce()
    {
        await using var app = await StartAsync();
        Fill(app);

        var times = new HashSet<TimeSpan>();
        for (var index = 0; index < 3; index++)
        {
            times.Add((await app.Client.GetAsync("/orders")).Headers.RetryAfter!.Delta!.Value);
        }

        Assert.Equal(3, times.Count);
    }

    [Fact]
    public async Task OtherEndpoints_ProbesAndMetrics_AreServedOn()
    {
        await using var app = await StartAsync();
        Fill(app);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/other"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
        var metrics = await app.Client.GetStringAsync("/metrics");
        Assert.Contains("herz_load_shedding_limit{endpoint=\"GET /orders\"}", metrics);
        Assert.DoesNotContain("herz_load_shedding_limit{endpoint=\"GET /other\"}", metrics);
        Assert.Contains("herz_load_shedding_in_flight{endpoint=\"GET /orders\"}", metrics);
    }

    [Fact]
    public async Task CriticalRequest_FindsRoomAboveTheLimit()
    {
        await using var app = await StartAsync(("LoadShedding:Routes:0:Pattern", "/orders"), ("LoadShedding:Routes:0:Priority", "Critical"));
        var gate = Overload.Of(ShedderOf(app), Endpoint, _time).Gate;
        Assert.False(gate.TryEnter(RequestPriority.Default));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders"));
    }

    [Theory]
    [InlineData(null, "/orders", "Default")]
    [InlineData(null, "/critical", "Critical")]
    [InlineData("critical", "/orders", "Default")]
    public async Task Priority_WithoutAConfiguredHeader_IsThatOfTheEndpoint(string? header, string path, string expected)
    {
        await using var app = await StartAsync();

        Assert.Equal(expected, await PriorityAsync(app, path, header));
    }

    [Theory]
    [InlineData("critical", "Critical")]
    [InlineData(" Sheddable ", "Sheddable")]
    [InlineData("default", "Default")]
    [InlineData("urgent", "Critical")]
    [InlineData("2", "Critical")]
    public async Task Priority_WithAConfiguredHeader_IsWhatItSays(string header, string expected)
    {
        await using var app = await StartAsync(("LoadShedding:PriorityHeader", "X-Priority"));

        Assert.Equal(expected, await PriorityAsync(app, "/critical", header));
    }

    [Fact]
    public async Task Priority_OfTheConfiguration_GoesBeforeThatOfTheEndpoint()
    {
        await using var app = await StartAsync(("LoadShedding:Routes:0:Pattern", "critical/"), ("LoadShedding:Routes:0:Priority", "Sheddable"));

        Assert.Equal("Sheddable", await PriorityAsync(app, "/critical", null));
    }

    [Fact]
    public async Task Observe_CountsAndRefusesNothing()
    {
        await using var app = await StartAsync(("LoadShedding:Mode", "Observe"));
        Fill(app);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders"));
        var line = (await app.Client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith("herz_requests_refused_total{", StringComparison.Ordinal));
        Assert.Contains("guard=\"load_shedding\"", line);
        Assert.Contains("mode=\"observe\"", line);
        Assert.EndsWith(" 1", line);
    }

    [Fact]
    public async Task Off_TouchedByAReload_LeavesEveryRequestAlone()
    {
        await using var app = await StartAsync();
        Fill(app);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders"));

        app.Reload(("LoadShedding:Mode", "Off"));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders"));
    }

    [Fact]
    public async Task Reload_KeepsTheLearnedLimit()
    {
        await using var app = await StartAsync();
        Fill(app);

        app.Reload(("LoadShedding:MaxQueueTime", "00:00:00.050"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders"));
    }

    [Fact]
    public async Task ExemptEndpoint_IsNeverCounted()
    {
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/exempt"));
        Assert.Equal("0", await InFlightAsync(app, "GET /exempt"));
        Assert.Equal("1", await InFlightAsync(app, "GET /in-flight/{**endpoint}"));
    }

    [Fact]
    public async Task WaitingRequest_GetsThePlaceThatBecomesFree()
    {
        await using var app = await StartAsync();
        var shedder = ShedderOf(app);
        var overload = Overload.Of(shedder, Endpoint, _time);
        var standIn = Waiting(RequestPriority.Sheddable);
        Assert.Equal(Verdict.Wait, shedder.Offer(overload.Gate, standIn));

        // It displaces the request of a lower priority, which shows that it waits.
        var answer = app.Client.GetAsync("/orders");
        Assert.False(await standIn.Settled);
        overload.Serve();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task WaitingRequest_ForWhichNothingBecomesFree_IsRefusedInTime()
    {
        await using var app = await StartAsync();
        var shedder = ShedderOf(app);
        var overload = Overload.Of(shedder, Endpoint, _time);
        var standIn = Waiting(RequestPriority.Sheddable);
        Assert.Equal(Verdict.Wait, shedder.Offer(overload.Gate, standIn));
        var answer = app.Client.GetAsync("/orders");
        await standIn.Settled;

        var begin = _time.GetTimestamp();
        while (!answer.IsCompleted && _time.GetElapsedTime(begin) < TimeSpan.FromHours(1))
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
    }

    [Fact]
    public async Task LimitUnderWhichNothingEnds_ReopensOnItsTimer()
    {
        await using var app = await StartAsync();
        var shedder = ShedderOf(app);
        var gate = Overload.Of(shedder, Endpoint, _time).Gate;
        var standIn = Waiting(RequestPriority.Sheddable);
        Assert.Equal(Verdict.Wait, shedder.Offer(gate, standIn));
        var answer = app.Client.GetAsync("/orders");
        await standIn.Settled;

        // None of those in flight ever ends; only the clock goes on.
        for (var passed = 0; passed < 100_000 && (!answer.IsCompleted || gate.Limit != LimitFinder.Unlimited); passed++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await answer;
        Assert.Equal(LimitFinder.Unlimited, gate.Limit);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders"));
    }

    [Fact]
    public async Task HandlerThatIgnoresCancellation_KeepsItsPlaceUntilItEnds()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(web =>
        {
            web.Use(async (context, next) =>
            {
                context.Response.OnCompleted(() =>
                {
                    left.TrySetResult();
                    return Task.CompletedTask;
                });
                await next();
            });
            web.MapGet("/orders", async () =>
            {
                entered.SetResult();
                await end.Task;
            });
        });
        using var client = new CancellationTokenSource();
        var answer = app.Client.GetAsync("/orders", client.Token);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(10));
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        var gate = ShedderOf(app).Gate(Endpoint);
        Assert.Equal(1, gate.InFlight);

        end.SetResult();
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, gate.InFlight);
        Assert.Equal(0, gate.HeldThreads);
    }

    [Fact]
    public async Task EventStream_MakesItsEndpointBeLeftAlone()
    {
        await using var app = await StartAsync(static web => web.MapGet("/orders", static context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync("data: 1\n\n");
        }));

        await app.Client.GetAsync("/orders");
        var again = await app.Client.GetAsync("/orders");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.True(ShedderOf(app).Gate(Endpoint).IsStreaming);
    }

    [Fact]
    public async Task RefusalByAnotherGuard_GivesThePlaceBack()
    {
        await using var app = await StartAsync(
            ("RateLimiting:Policies:tight:PermitsPerSecond", "1"), ("RateLimiting:Policies:tight:Burst", "1"), ("RateLimiting:Policies:tight:Routes:0", "/orders"));
        await app.Client.GetAsync("/orders");

        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/orders"));
        var gate = ShedderOf(app).Gate(Endpoint);
        Assert.Equal(0, gate.InFlight);
        Assert.Equal(0, gate.HeldThreads);
    }

    private static Shedder ShedderOf(TestApp app) => app.Services.GetRequiredService<LoadSheddingGuard>().Shedder;

    private static Task<string> InFlightAsync(TestApp app, string endpoint) => app.Client.GetStringAsync($"/in-flight/{endpoint}");

    private static async Task<string> PriorityAsync(TestApp app, string path, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Priority", header);
        }

        return await (await app.Client.SendAsync(request)).Content.ReadAsStringAsync();
    }

    // Every place is taken, and the one that may wait matters more than what comes.
    private void Fill(TestApp app)
    {
        var shedder = ShedderOf(app);
        var overload = Overload.Of(shedder, Endpoint, _time);
        while (overload.Gate.TryEnter(RequestPriority.Critical))
        {
        }

        Assert.Equal(Verdict.Wait, shedder.Offer(overload.Gate, Waiting(RequestPriority.Critical)));
    }

    private StandIn Waiting(RequestPriority priority) => new() { Priority = priority, Since = _time.GetTimestamp(), Deadline = long.MaxValue };

    private Task<TestApp> StartAsync(params (string Key, string Value)[] settings) => StartAsync(static web =>
    {
        web.MapGet("/orders", Priority);
        web.MapGet("/critical", Priority).WithHerzPriority(RequestPriority.Critical);
        web.MapGet("/other", static () => "ok");
        web.MapGet("/exempt", static () => "ok").DisableHerzLoadShedding();
        web.MapGet("/in-flight/{**endpoint}", static (string endpoint, HttpContext context) =>
            context.RequestServices.GetRequiredService<LoadSheddingGuard>().Shedder.Gate(endpoint).InFlight.ToString());
    }, settings);

    private Task<TestApp> StartAsync(Action<WebApplication> map, params (string Key, string Value)[] settings) => TestApp.StartAsync(
        map, settings.Append(("LoadShedding:MaxWaiting", "1")).ToDictionary(static pair => pair.Item1, static pair => (string?)pair.Item2), _time);

    private static string Priority() => RequestScope.Current!.Priority.ToString();
}
