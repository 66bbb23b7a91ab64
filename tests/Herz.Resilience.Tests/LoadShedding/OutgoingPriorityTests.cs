using System.Net;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.LoadShedding;

public sealed class OutgoingPriorityTests : IDisposable
{
    private readonly Downstream _downstream = new();

    public void Dispose() => _downstream.Dispose();

    [Theory]
    [InlineData("/critical", null, "critical")]
    [InlineData("/plain", null, "default")]
    [InlineData("/plain", "sheddable", "sheddable")]
    [InlineData("/plain", "Critical", "critical")]
    public async Task Call_OfARequest_TellsItsPriorityDownstream(string path, string? header, string expected)
    {
        await using var app = await StartAsync(("LoadShedding:PriorityHeader", "X-Priority"));

        await GetAsync(app, path, header);

        Assert.Equal([expected], _downstream.Priorities);
    }

    [Fact]
    public async Task Call_WithAPriorityOfItsOwn_KeepsIt()
    {
        await using var app = await StartAsync(("LoadShedding:PriorityHeader", "X-Priority"));

        await GetAsync(app, "/own", "critical");

        Assert.Equal(["sheddable"], _downstream.Priorities);
    }

    [Theory]
    [InlineData("LoadShedding:MaxWaiting", "10")]
    [InlineData("LoadShedding:Mode", "Off")]
    public async Task Call_WithoutATrustedHeader_TellsNothing(string key, string value)
    {
        await using var app = await StartAsync((key, value));

        await GetAsync(app, "/critical", "critical");

        Assert.Empty(_downstream.Priorities);
    }

    [Fact]
    public async Task Call_OutsideOfARequest_TellsNothing()
    {
        await using var app = await StartAsync(("LoadShedding:PriorityHeader", "X-Priority"));

        await app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("stock").GetStringAsync("http://stock.test/");

        Assert.Empty(_downstream.Priorities);
    }

    private static async Task GetAsync(TestApp app, string path, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.Add("X-Priority", header);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.Client.SendAsync(request)).StatusCode);
    }

    private Task<TestApp> StartAsync((string Key, string Value) setting) => TestApp.StartAsync(
        static web =>
        {
            web.MapGet("/plain", CallAsync);
            web.MapGet("/critical", CallAsync).WithHerzPriority(RequestPriority.Critical);
            web.MapGet("/own", static async (IHttpClientFactory clients) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "http://stock.test/");
                request.Headers.Add("X-Priority", "sheddable");
                await clients.CreateClient("stock").SendAsync(request);
            });
        },
        new() { [setting.Key] = setting.Value },
        build: builder => builder.Services.AddHttpClient("stock").ConfigurePrimaryHttpMessageHandler(() => _downstream));

    private static Task<string> CallAsync(IHttpClientFactory clients) => clients.CreateClient("stock").GetStringAsync("http://stock.test/");

    private sealed class Downstream : HttpMessageHandler
    {
        public string[] Priorities { get; private set; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Priorities = request.Headers.TryGetValues("X-Priority", out var values) ? [.. values] : [];
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("stock") });
        }
    }
}
