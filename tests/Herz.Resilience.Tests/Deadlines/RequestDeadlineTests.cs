using System.Net;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines;

public sealed class RequestDeadlineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Request_PastItsDeadline_IsAnsweredWith504()
    {
        await using var app = await StartAsync(web => web.MapGet("/slow", WaitAsync));

        var answer = await AdvanceWhileAsync(app, "/slow", TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("deadline-exceeded", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_ThatGoesOnAfterItsDeadlineAndEndsWell_KeepsItsAnswer()
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
    public async Task Route_WithATierOfItsOwn_IsNotCutByTheOthers()
    {
        var settings = new Dictionary<string, string?> { ["Deadlines:Routes:0:Pattern"] = "/reports/{**path}", ["Deadlines:Routes:0:Api"] = "00:00:05" };
        var done = new TaskCompletionSource();
        await using var app = await StartAsync(
            web => web.MapGet("/reports/{**path}", async (CancellationToken token) =>
            {
                _entered.SetResult();
                await done.Task;
                return token.IsCancellationRequested ? "cut" : "whole";
            }),
            settings);

        var answer = app.Client.GetAsync("/reports/a/b");
        await _entered.Task;
        _time.Advance(TimeSpan.FromSeconds(4.9));
        done.SetResult();

        Assert.Equal("whole", await (await answer).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Answer_ThatHasBegun_IsNotCut()
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
    public async Task Enter_InsideARequest_GivesTheShorterOfTierAndRemaining()
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
    public async Task Lease_PastItsTier_CancelsItsTokenAndNotTheRequest()
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
    public async Task Enter_WithNonsense_SaysWhatATierIs()
    {
        await using var app = await StartAsync(web => web.MapGet("/", () => ""));

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => app.Services.GetRequiredService<IDeadlines>().Enter((DeadlineTier)7));

        Assert.Contains("Api, Database and Cache", error.Message);
    }

    private Task<TestApp> StartAsync(Action<WebApplication> map, Dictionary<string, string?>? settings = null) =>
        TestApp.StartAsync(map, new(settings ?? []) { ["Deadlines:Tiers:Api"] = "00:00:00.800" }, _time);

    private async Task WaitAsync(CancellationToken token)
    {
        _entered.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    private async Task<HttpResponseMessage> AdvanceWhileAsync(TestApp app, string path, TimeSpan time)
    {
        var answer = app.Client.GetAsync(path);
        await _entered.Task;
        _time.Advance(time);
        return await answer;
    }
}
