using System.Net;
using System.Text.Json;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Health;

public sealed class HealthProbeTests
{
    private readonly FakeTimeProvider _time = new();
    private HealthCheckResult _database = HealthCheckResult.Healthy();
    private Func<Task> _work = () => Task.CompletedTask;
    private string[] _tags = [];
    private int _runs;

    [Theory]
    [InlineData("/healthz", "ready")]
    [InlineData("/healthz?probe=ready", "ready")]
    [InlineData("/healthz?probe=live", "live")]
    [InlineData("/healthz?probe=startup", "startup")]
    public async Task Probe_OfAHealthyApp_Passes(string path, string probe)
    {
        await using var app = await StartAsync();

        var answer = await app.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("healthy", probe), (body.RootElement.GetProperty("status").GetString(), body.RootElement.GetProperty("probe").GetString()));
    }

    [Fact]
    public async Task FailingCheck_TaggedReady_FailsOnlyReadinessAndHidesItsDescription()
    {
        _tags = ["ready"];
        _database = HealthCheckResult.Unhealthy("password=secret", new InvalidOperationException("secret"));
        await using var app = await StartAsync();

        var ready = await app.Client.GetAsync("/healthz?probe=ready");
        var body = await ready.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("{\"name\":\"database\",\"status\":\"unhealthy\"}", body);
        Assert.DoesNotContain("secret", body);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz?probe=live"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz?probe=startup"));
    }

    [Fact]
    public async Task SharedDependency_ThatGoesAway_LeavesTheAppInService()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));

        _database = HealthCheckResult.Unhealthy();
        await AdvanceUntilAsync(async () => (await app.Client.GetStringAsync("/healthz")).Contains("\"degraded\"", StringComparison.Ordinal));

        Assert.Contains("{\"name\":\"database\",\"status\":\"unhealthy\"}", await app.Client.GetStringAsync("/healthz"));
        Assert.Contains("[-]database failed: reason withheld (impact: Degraded)\nready check passed: degraded\n", await app.Client.GetStringAsync("/healthz?verbose"));
    }

    [Fact]
    public async Task UntaggedCheck_BeforeItsFirstSuccess_KeepsTheAppOutOfService()
    {
        _database = HealthCheckResult.Unhealthy();
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/healthz"));

        _database = HealthCheckResult.Healthy();

        await AdvanceUntilAsync(async () => await app.StatusAsync("/healthz") == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Unready", HttpStatusCode.ServiceUnavailable)]
    [InlineData("Degraded", HttpStatusCode.OK)]
    [InlineData("Ignore", HttpStatusCode.OK)]
    public async Task Impact_InTheConfiguration_Wins(string impact, HttpStatusCode expected)
    {
        _tags = ["ready"];
        _database = HealthCheckResult.Unhealthy();
        await using var app = await StartAsync(new() { ["Health:Checks:database:Impact"] = impact });

        Assert.Equal(expected, await app.StatusAsync("/healthz"));
    }

    [Fact]
    public async Task DegradedDependency_IsStillReady()
    {
        _database = HealthCheckResult.Degraded();
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
    }

    [Fact]
    public async Task Flood_OfProbes_ReachesNoDependency()
    {
        await using var app = await StartAsync();

        for (var index = 0; index < 50; index++)
        {
            await app.StatusAsync("/healthz");
        }

        Assert.Equal(1, _runs);
        await AdvanceUntilAsync(async () => await app.StatusAsync("/healthz") == HttpStatusCode.OK && _runs > 1);
    }

    [Fact]
    public async Task Checks_WithoutAProbe_DoNotRun()
    {
        await using var app = await StartAsync();
        for (var minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await app.StatusAsync("/");
        }

        Assert.Equal(0, _runs);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Check_ThatHangs_AffectsNoOtherCheck_AndRecovers()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(static _ => { }, time: _time, build: builder => builder.Services.AddHealthChecks()
            .AddAsyncCheck("queue", async () =>
            {
                await end.Task;
                return HealthCheckResult.Healthy();
            })
            .AddCheck("blocked", () =>
            {
                end.Task.Wait(TimeSpan.FromSeconds(60));
                return HealthCheckResult.Healthy();
            })
            .Add(new HealthCheckRegistration("mail", _ => new HangingCheck(end.Task), HealthStatus.Degraded, []))
            .AddCheck("disk", static () => HealthCheckResult.Healthy()));

        Assert.Contains("healthy", await app.Client.GetStringAsync("/healthz?probe=startup"), StringComparison.Ordinal);
        await AdvanceUntilAsync(async () => (await BodyAsync(app)).Contains(
            "{\"name\":\"queue\",\"status\":\"unhealthy\"},{\"name\":\"blocked\",\"status\":\"unhealthy\"},{\"name\":\"mail\",\"status\":\"degraded\"},{\"name\":\"disk\",\"status\":\"healthy\"}", StringComparison.Ordinal));
        end.SetResult();

        await AdvanceUntilAsync(async () => await app.StatusAsync("/healthz") == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Check_ThatAlwaysHangs_RunsLogarithmicallyOften_AndSaysItsAge()
    {
        var end = new TaskCompletionSource();
        _work = () => end.Task;
        await using var app = await StartAsync();

        for (var second = 0; second < 4000; second += 10)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await app.StatusAsync("/healthz?probe=live");
        }

        // 4,000 seconds are about 10 doublings of 3 seconds.
        Assert.InRange(_runs, 8, 14);
        Assert.Matches("\\[-\\]database failed: reason withheld \\(the last result is \\d+ s old\\)", await BodyAsync(app, "/healthz?verbose"));
        Assert.Matches("\"name\":\"database\",\"status\":\"unhealthy\",\"ageSeconds\":\\d+", await BodyAsync(app));
        end.SetResult();
    }

    [Theory]
    [InlineData("/livez", "live")]
    [InlineData("/readyz", "ready")]
    [InlineData("/startupz/", "startup")]
    [InlineData("/healthz/?probe=live", "live")]
    public async Task Alias_AndTrailingSlash_AnswerTheProbe(string path, string probe)
    {
        await using var app = await StartAsync();

        Assert.Contains($"\"probe\":\"{probe}\"", await app.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task Aliases_SwitchedOff_DoNotAnswer()
    {
        await using var app = await StartAsync(new() { ["Health:Aliases"] = "false" });

        Assert.Equal(HttpStatusCode.NotFound, await app.StatusAsync("/livez"));
    }

    [Fact]
    public async Task PathBase_AnswersAsForAMappedEndpoint()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.UsePathBase("/shop");
            web.UseRouting();
            web.MapGet("/", static () => "ok");
        });

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/shop/healthz"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
        Assert.Equal(HttpStatusCode.NotFound, await app.StatusAsync("/other/healthz"));
    }

    [Theory]
    [InlineData("verbose=maybe", "verbose is \"maybe\"; expected true or false.")]
    [InlineData("prob=live", "Unknown parameter \"prob\". Known parameters: probe, verbose, exclude.")]
    public async Task UnknownParameter_IsRejectedWithTheSentenceThatHelps(string query, string sentence)
    {
        await using var app = await StartAsync();

        using var answer = await app.Client.GetAsync("/healthz?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(sentence, body.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task UnknownProbe_IsRejectedWithTheValidNames()
    {
        await using var app = await StartAsync();

        var answer = await app.Client.GetAsync("/healthz?probe=alive");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("expected live, ready or startup", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task OtherMethods_AreNotAllowed()
    {
        await using var app = await StartAsync();

        var answer = await app.Client.PostAsync("/healthz", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task StoppingApp_IsNotReadyButServesDuringTheDrainDelay()
    {
        await using var app = await StartAsync(new() { ["Health:DrainDelay"] = "00:00:10" });
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));

        var stop = app.Services.GetRequiredService<IHost>().StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/healthz?probe=ready"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz?probe=live"));
        using var answer = await app.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.GetAsync("/"));
    }

    [Fact]
    public async Task OverloadedApp_StillAnswersTheProbe()
    {
        await using var app = await StartAsync(new()
        {
            ["RateLimiting:Policies:default:PermitsPerSecond"] = "1",
            ["RateLimiting:Policies:default:Burst"] = "1",
        });
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
    }

    private Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null) => TestApp.StartAsync(
        static web => web.MapGet("/", () => "ok"),
        settings,
        _time,
        builder => builder.Services.AddHealthChecks().AddAsyncCheck("database", async () =>
        {
            Interlocked.Increment(ref _runs);
            await _work();
            return _database;
        }, _tags));

    private static async Task<string> BodyAsync(TestApp app, string path = "/healthz")
    {
        using var answer = await app.Client.GetAsync(path);
        return await answer.Content.ReadAsStringAsync();
    }

    // Checks run on other threads; their progress is seen only in the answers.
    private async Task AdvanceUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!limit.IsCancellationRequested)
        {
            var isMet = condition();
            while (!isMet.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }

            if (await isMet)
            {
                return;
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Fail("The condition was not met.");
    }

    private sealed class HangingCheck(Task end) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await end;
            return HealthCheckResult.Healthy();
        }
    }
}
