using System.Net;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.LeakWatchdog.Pages;

public sealed class TracePageTests
{
    private const string Page = "/debug/herz/trace";

    private static readonly string s_delay = $"seconds={DelayClock.DelaySeconds}";

    private readonly DelayClock _clock = new();

    [Fact]
    public async Task Trace_IsANettraceFile_OneAtATime()
    {
        await using var app = await StartAsync();
        using var first = await app.Client.GetAsync($"{Page}?{s_delay}", HttpCompletionOption.ResponseHeadersRead);
        using var second = await app.Client.GetAsync($"{Page}?{s_delay}");
        await _clock.WaitForDelayAsync();
        _clock.EndDelay();

        var trace = await first.Content.ReadAsByteArrayAsync();

        Assert.Equal("Nettrace"u8, trace.AsSpan(0, 8));
        Assert.EndsWith(".nettrace", first.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, "A trace is already running. Only one can run at a time.\n"), (second.StatusCode, await second.Content.ReadAsStringAsync()));

        // The first trace is over, so another can start.
        using var third = await app.Client.GetAsync($"{Page}?{s_delay}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task ClientThatDisconnects_FreesThePage()
    {
        await using var app = await StartAsync();
        using (var client = new HttpClient { BaseAddress = app.Client.BaseAddress })
        using (var disconnected = await client.GetAsync($"{Page}?seconds=60", HttpCompletionOption.ResponseHeadersRead))
        {
            await (await disconnected.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[8]);
        }

        HttpStatusCode status;
        do
        {
            using var next = await app.Client.GetAsync($"{Page}?{s_delay}", HttpCompletionOption.ResponseHeadersRead);
            status = next.StatusCode;
        }
        while (status == HttpStatusCode.Conflict);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("seconds=0")]
    [InlineData("seconds=61")]
    [InlineData("seconds=soon")]
    [InlineData("second=5")]
    public async Task InvalidParameter_Returns400WithTheExpectedValue(string query)
    {
        await using var app = await StartAsync();

        using var response = await app.Client.GetAsync($"{Page}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("seconds", await response.Content.ReadAsStringAsync());
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), time: _clock, environment: "Development");
}
