using System.Net;
using Herz.Resilience.Tool.Http1;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tool.Tests.Http1;

public sealed class Http1EngineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static LoadSettings Settings(params RequestTemplate[] templates) => new()
    {
        Templates = templates,
        Shape = new LoadShape("constant", [new RatePiece(0.5, 200, 200)]),
    };

    private static Recorder Run(LoadSettings settings, IReadiness? readiness = null, TimeProvider? time = null)
    {
        var recorder = new Recorder(settings.Templates.Count, settings.WarmUp, settings.Slo);
        var addresses = settings.Templates.Select(t => (IReadOnlyList<IPEndPoint>)[new IPEndPoint(IPAddress.Loopback, t.Url.Port)]).ToArray();
        using var engine = new Http1Engine(settings, addresses, settings.MakePacer(), recorder, time ?? TimeProvider.System, readiness);
        engine.Run(Ct);
        return recorder;
    }

    [Fact]
    public async Task Run_ServerFreezes_LatencyCountsFromTheIntendedStart()
    {
        var time = new FakeTimeProvider();
        var seen = 0;
        await using var server = await TestServer.AlwaysAsync(_ =>
        {
            // Only this freeze of 1 s advances the clock; 29 more requests are due during it.
            if (Interlocked.Increment(ref seen) == 1)
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            return Task.CompletedTask;
        });
        var settings = Settings(new RequestTemplate { Url = server.Url }) with { Shape = new LoadShape("constant", [new RatePiece(0.3, 100, 100)]), MaxConnections = 1 };

        var recorder = await Task.Run(() => Run(settings, time: time), Ct);

        Assert.Equal(30, recorder.Total.Ok.Count);
        Assert.Equal(1000, recorder.Total.All.MaxMs, 0.001);
        Assert.Equal(710, recorder.Total.All.PercentileMs(0), 1.0);
        Assert.InRange(recorder.HeldBackCount, 1, 29);
    }

    [Fact]
    public async Task Run_WithSelect_HasTheSameResult()
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync("ok", Ct));

        var recorder = await Task.Run(() => Run(Settings(new RequestTemplate { Url = server.Url }), new SelectReadiness()), Ct);

        Assert.Equal((100L, 100L), (recorder.Total.Requests, recorder.Total.Ok.Count));
    }

    [Fact]
    public async Task Run_BodyLargerThanTheSocketBuffer_IsSentCompletely()
    {
        var body = new byte[3_000_000];
        new Random(5).NextBytes(body);
        await using var server = await TestServer.AlwaysAsync(async context =>
        {
            using var whole = new MemoryStream();
            await context.Request.Body.CopyToAsync(whole, Ct);
            context.Response.StatusCode = whole.ToArray().AsSpan().SequenceEqual(body) ? 200 : 400;
        });
        var settings = Settings(new RequestTemplate { Url = server.Url, Method = "POST", Body = body }) with { Shape = new LoadShape("few", [new RatePiece(0.5, 10, 10)]) };

        var recorder = await Task.Run(() => Run(settings), Ct);

        Assert.Equal([(200, 5L)], recorder.Total.Statuses);
    }

    [Fact]
    public async Task Run_AnswerLargerThanTheBuffer_IsReadCompletely()
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync(new string('x', 500_000), Ct));

        var recorder = await Task.Run(() => Run(Settings(new RequestTemplate { Url = server.Url })), Ct);

        Assert.Equal([(200, 100L)], recorder.Total.Statuses);
    }

    [Fact]
    public async Task Run_ServerClosesEachConnection_EveryRequestIsAnswered()
    {
        await using var server = await TestServer.AlwaysAsync(context =>
        {
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });

        var recorder = await Task.Run(() => Run(Settings(new RequestTemplate { Url = server.Url }) with { MaxConnections = 4 }), Ct);

        Assert.Equal([(200, 100L)], recorder.Total.Statuses);
    }

    [Fact]
    public async Task Run_ServerAborts_CountsDisconnectedAndContinues()
    {
        var number = 0;
        await using var server = await TestServer.AlwaysAsync(context =>
        {
            if (Interlocked.Increment(ref number) % 2 == 0)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        });

        var recorder = await Task.Run(() => Run(Settings(new RequestTemplate { Url = server.Url })), Ct);

        Assert.Equal([(Failure.Disconnected, 50L)], recorder.Total.Failures);
        Assert.Equal([(200, 50L)], recorder.Total.Statuses);
    }

    [Fact]
    public async Task Run_ServerNeverAnswers_SentAndHeldBackRequestsTimeOut()
    {
        var time = new FakeTimeProvider();
        var never = new TaskCompletionSource();
        var seen = 0;
        await using var server = await TestServer.AlwaysAsync(_ =>
        {
            // The first request makes the second due. The second moves the clock past the deadlines of all 100.
            time.Advance(Interlocked.Increment(ref seen) switch { 1 => TimeSpan.FromMilliseconds(6), 2 => TimeSpan.FromSeconds(1), _ => TimeSpan.Zero });
            return never.Task;
        });
        var settings = Settings(new RequestTemplate { Url = server.Url }) with { MaxConnections = 2, Timeout = TimeSpan.FromMilliseconds(200) };

        var recorder = await Task.Run(() => Run(settings, time: time), Ct);
        never.SetResult();

        Assert.Equal([(Failure.TimedOut, 100L)], recorder.Total.Failures);
        Assert.Equal(1006, recorder.Total.All.MaxMs, 0.001);
        Assert.InRange(recorder.HeldBackCount, 1, 98);
    }

    [Fact]
    public async Task Run_WeightedTemplates_AreSentInProportion()
    {
        await using var server = await TestServer.AlwaysAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/b" ? 404 : 200;
            return Task.CompletedTask;
        });
        var settings = Settings(
            new RequestTemplate { Url = new Uri(server.Url, "/a"), Weight = 3 },
            new RequestTemplate { Url = new Uri(server.Url, "/b"), Weight = 1, Method = "HEAD" });

        var recorder = await Task.Run(() => Run(settings), Ct);

        Assert.Equal([(200, 75L), (404, 25L)], recorder.Total.Statuses);
        Assert.Equal([75L, 25L], recorder.PerTemplate.Select(t => t.Requests));
    }
}
