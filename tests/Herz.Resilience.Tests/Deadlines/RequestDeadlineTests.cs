using System.Net;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines;

public sealed class RequestDeadlineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Request_PastItsDeadline_Returns504()
    {
        await using var app = await StartAsync(web => web.MapGet("/slow", WaitAsync));

        var answer = await AdvanceWhileAsync(app, "/slow", TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("deadline-exceeded", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_ThatIgnoresItsDeadlineAndSucceeds_KeepsItsAnswer()
    {
        await using var app = await StartAsync(web => web.MapGet("/slow", async (HttpContext context) =>
        {
            try
            {
                await WaitAsync(context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
            }
        }));

        var answer = await AdvanceWhileAsync(app, "/slow", TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Route_WithItsOwnTier_IsNotCancelledByTheTierOfAllRoutes()
    {
        var settings = new Dictionary<string, string?> { ["Deadlines:Routes:0:Pattern"] = "/reports/{**path}", ["Deadlines:Routes:0:Api"] = "00:00:05" };
        var done = new TaskCompletionSource();
        await using var app = await StartAsync(
            web => web.MapGet("/reports/{**path}", async (CancellationToken token) =>
            {
                _entered.SetResult();
                await done.Task;
                return token.IsCancellationRequested ? "cancelled" : "whole";
            }),
            settings);

        var answer = app.Client.GetAsync("/reports/a/b");
        await _entered.Task;
        _time.Advance(TimeSpan.FromSeconds(4.9));
        done.SetResult();

        Assert.Equal("whole", await (await answer).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Answer_ThatHasStarted_IsNotCancelled()
    {
        var more = new TaskCompletionSource();
        await using var app = await StartAsync(web => web.MapGet("/stream", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            _ = context.RequestAborted;
            _entered.SetResult();
            await more.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("last");
        }));

        var answer = app.Client.GetStringAsync("/stream");
        await _entered.Task;
        _time.Advance(TimeSpan.FromMinutes(10));
        more.SetResult();

        Assert.Equal("first last", await answer);
    }

    [Fact]
    public async Task Enter_InsideARequest_ReturnsTheShorterOfTierAndRemaining()
    {
        var remaining = new List<TimeSpan>();
        await using var app = await StartAsync(web => web.MapGet("/", (IDeadlines deadlines) =>
        {
            using (var database = deadlines.Enter(DeadlineTier.Database))
            {
                remaining.Add(database.Remaining);
                using var cache = deadlines.Enter(DeadlineTier.Cache);
                remaining.Add(cache.Remaining);
            }

            _time.Advance(TimeSpan.FromMilliseconds(750));
            using var late = deadlines.Enter(DeadlineTier.Database);
            remaining.Add(late.Remaining);
            remaining.Add(deadlines.Remaining!.Value);
        }));

        (await app.Client.GetAsync("/")).EnsureSuccessStatusCode();

        Assert.Equal([300, 100, 50, 50], remaining.Select(time => time.TotalMilliseconds));
    }

    [Fact]
    public async Task Lease_PastItsTier_CancelsItsTokenButNotTheRequest()
    {
        await using var app = await StartAsync(web => web.MapGet("/", (IDeadlines deadlines, CancellationToken request) =>
        {
            using var cache = deadlines.Enter(DeadlineTier.Cache, request);
            _time.Advance(TimeSpan.FromMilliseconds(101));
            return $"{cache.Token.IsCancellationRequested} {cache.IsExpired} {request.IsCancellationRequested}";
        }));

        Assert.Equal("True True False", await app.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task CancelledRequests_ManyAtOnce_LogOneMessagePerMinute()
    {
        var hung = new SemaphoreSlim(0);
        await using var app = await StartAsync(web => web.MapGet("/orders/{id}", async (HttpContext context) =>
        {
            var token = context.RequestAborted;
            hung.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        }));

        await CancelAsync(12);
        await CancelAsync(5);
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 401);
        _time.Advance(TimeSpan.FromMinutes(1));
        await CancelAsync(1);

        var lines = app.Logs.Entries.Where(static entry => entry.EventId == 401).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Contains("/orders/{id}", lines[0].Message);
        Assert.Contains("its deadline of 800 ms", lines[0].Message);
        Assert.Contains("Herz:Deadlines:Routes with Pattern \"/orders/{id}\"", lines[0].Message);
        Assert.Contains("since the previous message: 16.", lines[1].Message);

        async Task CancelAsync(int requests)
        {
            var answers = Enumerable.Range(0, requests).Select(index => app.StatusAsync($"/orders/{index}")).ToArray();
            for (var index = 0; index < requests; index++)
            {
                await hung.WaitAsync(TimeSpan.FromSeconds(30));
            }

            _time.Advance(TimeSpan.FromMilliseconds(801));
            Assert.All(await Task.WhenAll(answers), static status => Assert.Equal(HttpStatusCode.GatewayTimeout, status));
        }
    }

    [Fact]
    public async Task Body_SentSlowlyByTheClient_IsNeitherCancelledNorLate()
    {
        RequestScope? scope = null;
        await using var app = await StartAsync(web => web.MapPost("/", async (HttpContext context) =>
        {
            var token = context.RequestAborted;
            scope = RequestScope.Current;
            _entered.SetResult();
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync(token);
            return $"{body} {context.RequestServices.GetRequiredService<IDeadlines>().Remaining?.TotalMilliseconds}";
        }));

        using var content = new SlowContent(_entered.Task, () => _time.Advance(TimeSpan.FromSeconds(20))) { RequestWaits = () => scope is { IsWaitingForClient: true } };
        using var answer = await app.Client.PostAsync("/", content);

        Assert.Equal("slow 800", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_deadline_late_total"));
    }

    [Fact]
    public async Task AppSpecificTier_IsEnteredByName()
    {
        var time = new FakeTimeProvider();
        var remaining = new List<TimeSpan>();
        await using var app = await TestApp.StartAsync(
            web =>
            {
                web.MapGet("/search", (IDeadlines deadlines) => Enter(deadlines));
                web.MapGet("/wide", (IDeadlines deadlines) => Enter(deadlines));

                void Enter(IDeadlines deadlines)
                {
                    using var search = deadlines.Enter("search");
                    remaining.Add(search.Remaining);
                }
            },
            new()
            {
                ["Deadlines:Tiers:Search"] = "00:00:00.150",
                ["Deadlines:Routes:0:Pattern"] = "/wide",
                ["Deadlines:Routes:0:Tiers:search"] = "00:00:00.400",
            },
            time);

        await app.Client.GetAsync("/search");
        await app.Client.GetAsync("/wide");

        Assert.Equal([TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(400)], remaining);
    }

    [Fact]
    public async Task Enter_WithAnUnknownTier_ListsTheTiers()
    {
        await using var app = await StartAsync(web => web.MapGet("/", () => ""));

        var error = Assert.Throws<ArgumentException>(() => app.Services.GetRequiredService<IDeadlines>().Enter("search"));

        Assert.Contains("The tier is \"search\"; expected one of Api, Cache, Database, or another key of Herz:Deadlines:Tiers.", error.Message, StringComparison.Ordinal);
    }

    private Task<TestApp> StartAsync(Action<WebApplication> map, Dictionary<string, string?>? settings = null) =>
        TestApp.StartAsync(map, new(settings ?? []) { ["Deadlines:Tiers:Api"] = "00:00:00.800" }, _time);

    private async Task WaitAsync(CancellationToken token)
    {
        _entered.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    /// <summary>A body that is sent only after the server has waited for it.</summary>
    private sealed class SlowContent(Task entered, Action wait) : HttpContent
    {
        public required Func<bool> RequestWaits { get; init; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await entered.WaitAsync(TimeSpan.FromSeconds(30));
            while (!RequestWaits())
            {
                await Task.Yield();
            }

            wait();
            await stream.WriteAsync("slow"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 4;
            return true;
        }
    }

    private async Task<HttpResponseMessage> AdvanceWhileAsync(TestApp app, string path, TimeSpan time)
    {
        var answer = app.Client.GetAsync(path);
        await _entered.Task;
        _time.Advance(time);
        return await answer;
    }
}
