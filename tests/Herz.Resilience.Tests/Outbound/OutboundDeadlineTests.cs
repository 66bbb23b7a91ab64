using System.Net;
using System.Net.Sockets;
using Herz.Resilience.Outbound;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Outbound;

public sealed class OutboundDeadlineTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly SlowHandler _slow = new();

    public void Dispose() => _slow.Dispose();

    [Fact]
    public async Task Call_WithoutAToken_IsNotCancelledAndIsCountedAsOutlived()
    {
        await using var app = await StartAsync(static (client, _) => client.GetStringAsync("http://stock.test/"));

        var answer = app.Client.GetAsync("/");
        var token = await Called;
        _time.Advance(TimeSpan.FromMilliseconds(801));
        Assert.False(token.IsCancellationRequested);
        _slow.Answer.SetResult();

        Assert.Equal("stock", await (await answer).Content.ReadAsStringAsync());
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_outbound_outlived_total", "client=\"stock\""));
        Assert.Contains("Herz:Outbound:Clients:stock:CancelForgotten", Assert.Single(app.Logs.Entries, entry => entry.EventId == 601).Message);
    }

    [Theory]
    [InlineData("Outbound:CancelForgotten")]
    [InlineData("Outbound:Clients:STOCK:CancelForgotten")]
    public async Task Call_WithoutAToken_WithCancelForgotten_IsCancelledAtTheDeadline(string key)
    {
        await using var app = await StartAsync(static (client, _) => client.GetStringAsync("http://stock.test/"), new() { [key] = "true" });

        await AssertCancelledAsync(app);

        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_outbound_cancelled_total", "client=\"stock\""));
        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_outbound_outlived_total"));
    }

    [Fact]
    public async Task Call_WithItsOwnCancelForgotten_IsCancelledAtTheDeadline()
    {
        await using var app = await StartAsync(static (client, _) => SendAsync(client, cancelForgotten: true));

        await AssertCancelledAsync(app);
    }

    [Fact]
    public async Task Call_OfAClientWithoutAName_IsIdentifiedByItsHost()
    {
        await using var app = await StartAsync(
            static (client, _) => client.GetStringAsync("http://stock.test/"), new() { ["Outbound:Clients:stock.test:CancelForgotten"] = "true" }, name: "");

        await AssertCancelledAsync(app);

        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_outbound_cancelled_total", "client=\"stock.test\""));
    }

    [Theory]
    [InlineData("Outbound:Mode", "Observe")]
    [InlineData("Outbound:Mode", "Off")]
    [InlineData("Outbound:Clients:stock:CancelForgotten", "false")]
    [InlineData("Deadlines:Mode", "Observe")]
    public async Task Call_WithoutCancelForgotten_IsNotCancelled(string key, string value)
    {
        await using var app = await StartAsync(
            static (client, _) => client.GetStringAsync("http://stock.test/"), new() { ["Outbound:CancelForgotten"] = "true", [key] = value });

        await AssertNotCancelledAsync(app);
    }

    [Fact]
    public async Task Call_WithCancelForgottenFalse_IsNotCancelledWhenAllOthersAre()
    {
        await using var app = await StartAsync(static (client, _) => SendAsync(client, cancelForgotten: false), new() { ["Outbound:CancelForgotten"] = "true" });

        await AssertNotCancelledAsync(app);
    }

    [Fact]
    public async Task Call_WithTheTokenOfTheRequest_IsCancelledAtTheDeadlineByDefault()
    {
        await using var app = await StartAsync(static (client, context) => client.GetStringAsync("http://stock.test/", context.RequestAborted));

        await AssertCancelledAsync(app);

        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_outbound_outlived_total"));
    }

    [Fact]
    public async Task Call_OnAnEndpointWithoutAnEnforcedTier_IsNeitherCancelledNorCounted()
    {
        await using var app = await StartAsync(
            static (client, _) => client.GetStringAsync("http://stock.test/"), new() { ["Outbound:CancelForgotten"] = "true", ["Deadlines:Tiers:Api"] = null });

        await AssertNotCancelledAsync(app);

        Assert.Equal(0, await Scrape.SumAsync(app.Client, "herz_outbound_outlived_total"));
    }

    [Fact]
    public async Task Call_AfterTheAnswerHasStarted_HasNoDeadline()
    {
        await using var app = await StartAsync(
            static async (client, context) =>
            {
                await context.Response.WriteAsync("started ");
                await context.Response.Body.FlushAsync();
                return await client.GetStringAsync("http://stock.test/");
            },
            new() { ["Outbound:CancelForgotten"] = "true" });

        var answer = app.Client.GetStringAsync("/");
        var token = await Called;
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(token.IsCancellationRequested);
        _slow.Answer.SetResult();

        Assert.Equal("started stock", await answer);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Payment_WithTokenNone_CompletesWhenTheBrowserDisconnects(string cancelForgotten)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var captured = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(
            async (client, context) =>
            {
                context.RequestAborted.Register(gone.SetResult);
                try
                {
                    using var answer = await client.PostAsync("http://stock.test/payments", null, CancellationToken.None);
                    captured.SetResult(await answer.Content.ReadAsStringAsync());
                }
                catch (OperationCanceledException)
                {
                    captured.SetResult("cancelled");
                }

                return "";
            },
            new() { ["Outbound:CancelForgotten"] = cancelForgotten });

        using (var browser = new TcpClient())
        {
            await browser.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            await browser.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await Called;
            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        await gone.Task.WaitAsync(s_timeout);
        _slow.Answer.SetResult();

        Assert.Equal("stock", await captured.Task.WaitAsync(s_timeout));
    }

    [Fact]
    public async Task SharedCall_MadeByOneRequest_ServesTheNext()
    {
        var token = new SharedToken();
        await using var app = await StartAsync(async (client, context) =>
        {
            var shared = token.Get(() => client.GetStringAsync("http://login.test/token"));
            return await shared.WaitAsync(context.RequestAborted);
        });

        var first = app.Client.GetAsync("/");
        await Called;
        _time.Advance(TimeSpan.FromMilliseconds(801));
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await first).StatusCode);
        var second = app.Client.GetStringAsync("/");
        _slow.Answer.SetResult();

        Assert.Equal("stock", await second);
        Assert.Equal("stock", await app.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task SharedCall_InDefaultConfiguration_ServesAllRequests()
    {
        var token = new SharedToken();
        await using var app = await StartAsync(
            (client, _) => token.Get(() => client.GetStringAsync("http://login.test/token")), new() { ["Deadlines:Tiers:Api"] = null });

        var first = app.Client.GetStringAsync("/");
        await Called;
        _time.Advance(TimeSpan.FromMilliseconds(400));
        var second = app.Client.GetStringAsync("/");
        _time.Advance(TimeSpan.FromMilliseconds(600));
        _slow.Answer.SetResult();

        Assert.Equal(["stock", "stock"], await Task.WhenAll(first, second));
    }

    [Fact]
    public async Task Clients_BeyondOneHundred_ShareOneLabel()
    {
        await using var app = await StartAsync(
            (client, context) =>
            {
                _ = LaterAsync(client, context.Request.Query["host"]!);
                return Task.FromResult("");
            },
            name: "");
        for (var index = 0; index < 120; index++)
        {
            await app.Client.GetAsync($"/?host=h{index}.test");
        }

        var calls = Enumerable.Range(0, 120).Select(_ => _slow.Finished.WaitAsync(s_timeout)).ToArray();
        _slow.Answer.SetResult();
        await Task.WhenAll(calls);
        await app.WaitForMetricAsync("herz_outbound_outlived_total{client=\"other\"} 20");

        static async Task LaterAsync(HttpClient client, string host) => await client.GetStringAsync($"http://{host}/");
    }

    private Task<CancellationToken> Called => _slow.Called.Task.WaitAsync(s_timeout);

    private static async Task<string> SendAsync(HttpClient client, bool cancelForgotten)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://stock.test/");
        request.Options.Set(HerzRequestOptions.CancelForgotten, cancelForgotten);
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task AssertCancelledAsync(TestApp app)
    {
        var answer = app.Client.GetAsync("/");
        var token = await Called;
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.True(token.IsCancellationRequested);
    }

    private async Task AssertNotCancelledAsync(TestApp app)
    {
        var answer = app.Client.GetStringAsync("/");
        var token = await Called;
        _time.Advance(TimeSpan.FromMilliseconds(801));
        Assert.False(token.IsCancellationRequested);
        _slow.Answer.SetResult();

        Assert.Equal("stock", await answer);
    }

    private Task<TestApp> StartAsync(Func<HttpClient, HttpContext, Task<string>> call, Dictionary<string, string?>? settings = null, string name = "stock") => TestApp.StartAsync(
        web => web.MapGet("/", async (IHttpClientFactory clients, HttpContext context) =>
        {
            var text = await call(clients.CreateClient(name), context);
            await context.Response.WriteAsync(text);
        }),
        new Dictionary<string, string?>([new("Deadlines:Tiers:Api", "00:00:00.800")]).Concat(settings ?? []).GroupBy(static pair => pair.Key).ToDictionary(static group => group.Key, static group => group.Last().Value),
        _time,
        builder => builder.Services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => _slow));

    private sealed class SharedToken
    {
        private Task<string>? _task;

        public Task<string> Get(Func<Task<string>> make) => _task ??= make();
    }

    private sealed class SlowHandler : HttpMessageHandler
    {
        public TaskCompletionSource<CancellationToken> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SemaphoreSlim Finished { get; } = new(0);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Called.TrySetResult(cancellationToken);
            await Answer.Task.WaitAsync(cancellationToken);
            Finished.Release();
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("stock") };
        }
    }
}
