using System.Net;
using System.Text.Json;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Servers;

namespace Herz.Resilience.Tests.LeakWatchdog.Pages;

[Collection(CapturesOfOneProcess.Name)]
public sealed class PendingPageTests : IAsyncLifetime
{
    private const string Page = "/debug/herz/pending";

    private readonly DelayClock _clock = new();
    private readonly List<TaskCompletionSource<int>> _never = [];
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() =>
        _app = await TestApp.StartAsync(web => web.MapGet("/leaky/{id}", () => { _ = LeakAsync(); }), time: _clock, environment: "Development");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Page_CountsByStack()
    {
        await LeakAsync(7);

        var page = await _app.Client.GetStringAsync(Page);

        Assert.StartsWith("pending profile: total ", page, StringComparison.Ordinal);
        Assert.Contains($"7 AsyncMethod awaiting TaskCompletionSource<int>\n#\t{typeof(PendingPageTests)}.{nameof(LeakAsync)}", page);
        Assert.Equal(page.Split('\n')[3], (await _app.Client.GetStringAsync(Page + "?debug=1")).Split('\n')[3]);
    }

    [Fact]
    public async Task Debug2_ListsEachOperationWithItsOrigin()
    {
        await LeakAsync(3);

        var page = await _app.Client.GetStringAsync(Page + "?debug=2");

        Assert.Equal(3, page.Split('\n').Count(line => line.Contains("GET /leaky/{id}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("?debug=json", "*/*")]
    [InlineData("", "application/json")]
    public async Task Json_HasStacksAndOrigins(string query, string accept)
    {
        await LeakAsync(3);
        using var request = new HttpRequestMessage(HttpMethod.Get, Page + query);
        request.Headers.Add("Accept", accept);

        using var response = await _app.Client.SendAsync(request);

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains(json.RootElement.GetProperty("origins").EnumerateArray(), origin =>
            origin.TryGetProperty("origin", out var label) && label.GetString() == "GET /leaky/{id}" && origin.GetProperty("count").GetInt32() == 3);
    }

    [Fact]
    public async Task Collapsed_HasOneLinePerStack()
    {
        await LeakAsync(3);

        Assert.Contains($"{typeof(PendingPageTests)}.{nameof(LeakAsync)};[TaskCompletionSource<int>] 3\n", await _app.Client.GetStringAsync(Page + "?debug=collapsed"));
    }

    [Fact]
    public async Task Diff_ShowsTheGrowthSinceACapture()
    {
        await LeakAsync(3);
        using var first = await _app.Client.GetAsync(Page);
        await LeakAsync(4);

        var sinceFirst = await _app.Client.GetStringAsync($"{Page}?diff={first.Headers.GetValues("Herz-Capture").Single()}");
        var sinceLast = await _app.Client.GetStringAsync($"{Page}?diff=last");

        Assert.Contains("+4 (3 -> 7,", sinceFirst);
        Assert.Contains($"{nameof(LeakAsync)} awaiting TaskCompletionSource<int> from GET /leaky/{{id}}", sinceFirst);
        Assert.DoesNotContain(nameof(LeakAsync), sinceLast);
    }

    // A capture does not read the youngest generation, so its collection must promote all survivors.
    [Fact]
    public async Task Diff_OfConsecutiveCaptures_IncludesWorkThatHasJustStarted()
    {
        await _app.Client.GetAsync(Page);
        for (var round = 0; round < 10; round++)
        {
            await LeakAsync(4);

            Assert.Contains($"+4 ({4 * round} -> {4 * (round + 1)},", await _app.Client.GetStringAsync($"{Page}?diff=last"));
        }
    }

    [Fact]
    public async Task Seconds_ShowsTheGrowthDuringTheDelay()
    {
        await LeakAsync(2);
        var answer = _app.Client.GetStringAsync($"{Page}?seconds={DelayClock.DelaySeconds}");
        await _clock.WaitForDelayAsync();
        await LeakAsync(3);
        Assert.False(answer.IsCompleted);

        _clock.EndDelay();

        var page = await answer;
        Assert.Contains("+3 (2 -> 5,", page);
        Assert.Contains($"{nameof(LeakAsync)} awaiting TaskCompletionSource<int> from GET /leaky/{{id}}", page);
    }

    [Fact]
    public async Task Seconds_InManyConcurrentRequests_AreLimited()
    {
        var pages = Enumerable.Range(0, 5).Select(_ => _app.Client.GetAsync($"{Page}?seconds=300")).ToList();

        using var refused = await await Task.WhenAny(pages);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("4 requests with seconds are already waiting.", await refused.Content.ReadAsStringAsync());
        Assert.Equal(1, pages.Count(static page => page.IsCompleted));
        _app.Client.CancelPendingRequests();
    }

    [Fact]
    public async Task Types_AddTheHeapByType() => Assert.Contains("bytes in ", await _app.Client.GetStringAsync($"{Page}?types=true"));

    [Theory]
    [InlineData("debug=3", "debug is \"3\"; expected 1 (counts by stack), 2 (each operation), json or collapsed.")]
    [InlineData("diff=-1", "diff is \"-1\"; expected last, or a capture number from the header Herz-Capture.")]
    [InlineData("diff=x", "diff is \"x\"; expected last")]
    [InlineData("seconds=0", "seconds is \"0\"; expected a whole number of seconds from 1 to 300.")]
    [InlineData("seconds=301", "seconds is \"301\"")]
    [InlineData("pause=10001", "pause is \"10001\"; expected a whole number of milliseconds from 0 to 10000.")]
    [InlineData("pause=-1", "pause is \"-1\"")]
    [InlineData("seconds=1&diff=last", "seconds is \"1\"; expected no value together with diff:")]
    [InlineData("debug=json&diff=last", "debug is \"json\"; expected no value together with diff or seconds:")]
    [InlineData("types=maybe", "types is \"maybe\"; expected true or false.")]
    [InlineData("threads=2", "threads is \"2\"; expected true or false.")]
    [InlineData("debgu=2", "Unknown parameter \"debgu\". Known parameters: debug, diff, seconds, types, threads, pause.")]
    public async Task InvalidParameter_Returns400WithTheExpectedValue(string query, string expected)
    {
        using var response = await _app.Client.GetAsync($"{Page}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(expected, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_WithAnUnknownCapture_ListsTheKnownOnes()
    {
        using var none = await _app.Client.GetAsync($"{Page}?diff=last");
        Assert.Equal((HttpStatusCode.NotFound, "There is no capture yet. Request this page without diff first.\n"), (none.StatusCode, await none.Content.ReadAsStringAsync()));
        await _app.Client.GetAsync(Page);

        using var unknown = await _app.Client.GetAsync($"{Page}?diff=77");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.StartsWith("There is no capture 77. Known captures: 1 (", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Page)]
    [InlineData("/debug/herz/trace")]
    public async Task Page_InProduction_AnswersOnlyOnTheManagementPort(string page)
    {
        var port = LoopbackPort.Free();
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"));
        await using var managed = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"), new() { ["Management:Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await managed.Client.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await management.GetAsync(page + "?seconds=x")).StatusCode);
    }

    [Fact]
    public async Task Page_WithCaptureOff_Returns403()
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"), new() { ["LeakWatchdog:Capture"] = "Off" }, environment: "Development");

        using var response = await app.Client.GetAsync(Page);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Herz:LeakWatchdog:Capture is Off", await response.Content.ReadAsStringAsync());
    }

    private async Task LeakAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            using var response = await _app.Client.GetAsync("/leaky/7");
        }
    }

    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource<int>();
        lock (_never)
        {
            _never.Add(never);
        }

        await never.Task;
    }
}
