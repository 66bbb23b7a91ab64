using System.Net;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.LeakWatchdog.Pages;

public sealed class TracePageTests
{
    private const string Page = "/debug/herz/trace";

    [Fact]
    public async Task Trace_IsANettraceFileOfThisProcess_OneAtATime()
    {
        await using var app = await StartAsync();
        using var first = await app.Client.GetAsync($"{Page}?seconds=1", HttpCompletionOption.ResponseHeadersRead);
        using var second = await app.Client.GetAsync($"{Page}?seconds=1");

        var trace = await first.Content.ReadAsByteArrayAsync();

        Assert.Equal("Nettrace"u8, trace.AsSpan(0, 8));
        Assert.EndsWith(".nettrace", first.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, "A trace is being taken; one at a time.\n"), (second.StatusCode, await second.Content.ReadAsStringAsync()));

        // The one before is over, so another may begin.
        using var third = await app.Client.GetAsync($"{Page}?seconds=1");
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesThePageToTheNext()
    {
        await using var app = await StartAsync();
        using (var client = new HttpClient { BaseAddress = app.Client.BaseAddress })
        using (var left = await client.GetAsync($"{Page}?seconds=60", HttpCompletionOption.ResponseHeadersRead))
        {
            await (await left.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[8]);
        }

        HttpStatusCode status;
        do
        {
            using var next = await app.Client.GetAsync($"{Page}?seconds=1", HttpCompletionOption.ResponseHeadersRead);
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
    public async Task Nonsense_IsAnsweredWithWhatIsRight(string query)
    {
        await using var app = await StartAsync();

        using var response = await app.Client.GetAsync($"{Page}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("seconds", await response.Content.ReadAsStringAsync());
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), environment: "Development");
}
