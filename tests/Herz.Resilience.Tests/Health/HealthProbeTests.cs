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
    public async Task FailingDependency_FailsOnlyReadinessAndHidesItsDescription()
    {
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
    public async Task DegradedDependency_IsStillReady()
    {
        _database = HealthCheckResult.Degraded();
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
    }

    [Fact]
    public async Task Flood_WithinTheCacheDuration_ReachesTheDependencyOnce()
    {
        await using var app = await StartAsync();

        for (var index = 0; index < 20; index++)
        {
            await app.StatusAsync("/healthz");
        }

        Assert.Equal(1, _runs);
        _time.Advance(TimeSpan.FromSeconds(1));
        await app.StatusAsync("/healthz");
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task Check_ThatHangsOnce_IsReportedByNameAndRunAgain()
    {
        var asked = new SemaphoreSlim(0);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work = () =>
        {
            asked.Release();
            return end.Task;
        };
        await using var app = await StartAsync();

        var first = app.Client.GetAsync("/healthz");
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(30)));
        await AdvanceUntilAsync(first);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first).StatusCode);
        Assert.Contains("{\"name\":\"database\",\"status\":\"unhealthy\"}", await (await first).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        _work = () => Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz"));
        end.SetResult();
    }

    [Fact]
    public async Task Check_ThatHangs_DoesNotAffectOtherChecks()
    {
        var end = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
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
            .AddCheck("disk", () =>
            {
                answered.TrySetResult();
                return HealthCheckResult.Healthy();
            }));

        var answer = app.Client.GetStringAsync("/healthz?probe=startup");
        Assert.Contains("healthy", await answer, StringComparison.Ordinal);
        var ready = app.Client.GetAsync("/healthz");
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await AdvanceUntilAsync(ready);
        var body = await (await ready).Content.ReadAsStringAsync();

        Assert.Contains("{\"name\":\"queue\",\"status\":\"unhealthy\"},{\"name\":\"blocked\",\"status\":\"unhealthy\"},{\"name\":\"mail\",\"status\":\"degraded\"},{\"name\":\"disk\",", body, StringComparison.Ordinal);
        end.SetResult();
    }

    [Fact]
    public async Task Check_ThatAlwaysHangs_RunsLogarithmicallyOften()
    {
        var end = new TaskCompletionSource();
        _work = () => end.Task;
        await using var app = await StartAsync(new() { ["Health:CacheDuration"] = "00:00:00" });

        for (var probe = 0; probe < 400; probe++)
        {
            var answer = app.Client.GetAsync("/healthz");
            await AdvanceUntilAsync(answer);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        // A little more than 4,000 seconds are 12 to 14 doublings of 0.8 seconds.
        Assert.InRange(_runs, 10, 16);
        end.SetResult();
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
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
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
        }));

    // The probe starts its timeout on the clock when it waits; this moment is not visible from outside.
    private async Task AdvanceUntilAsync(Task answer)
    {
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
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
