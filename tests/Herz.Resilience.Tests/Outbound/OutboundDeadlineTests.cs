using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Outbound;

public sealed class OutboundDeadlineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SlowHandler _slow = new();

    public void Dispose() => _slow.Dispose();

    [Fact]
    public async Task Call_WithoutAToken_EndsWithTheDeadlineOfItsRequest()
    {
        await using var app = await StartAsync(static (client, _) => client.GetStringAsync("http://stock.test/"));

        var answer = app.Client.GetAsync("/");
        var token = await _slow.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Call_InObserve_IsLeftAlone()
    {
        await using var app = await StartAsync(
            static (client, _) => client.GetStringAsync("http://stock.test/"),
            new() { ["Outbound:Mode"] = "Observe" });

        var answer = app.Client.GetAsync("/");
        var token = await _slow.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMilliseconds(801));
        _slow.Answer.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Call_AfterTheAnswerHasBegun_HasNoDeadline()
    {
        await using var app = await StartAsync(static async (client, context) =>
        {
            await context.Response.WriteAsync("begun ");
            await context.Response.Body.FlushAsync();
            return await client.GetStringAsync("http://stock.test/");
        });

        var answer = app.Client.GetStringAsync("/");
        var token = await _slow.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(token.IsCancellationRequested);
        _slow.Answer.SetResult();

        Assert.Equal("begun stock", await answer);
    }

    private Task<TestApp> StartAsync(Func<HttpClient, HttpContext, Task<string>> call, Dictionary<string, string?>? settings = null) => TestApp.StartAsync(
        web => web.MapGet("/", async (IHttpClientFactory clients, HttpContext context) =>
        {
            var text = await call(clients.CreateClient("stock"), context);
            await context.Response.WriteAsync(text);
        }),
        settings,
        _time,
        builder => builder.Services.AddHttpClient("stock").ConfigurePrimaryHttpMessageHandler(() => _slow));

    private sealed class SlowHandler : HttpMessageHandler
    {
        public TaskCompletionSource<CancellationToken> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Called.SetResult(cancellationToken);
            await Answer.Task.WaitAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("stock") };
        }
    }
}
