using System.Net;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking;

/// <summary>The behaviour of a circuit on a real server without any configuration.</summary>
public sealed class UnconfiguredCircuitTests : ICircuitObserver
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<CircuitChange> _changes = [];
    private readonly HashSet<string> _failing = [];
    private bool _isDown;

    [Fact]
    public async Task Endpoint_WithOneFailureInTwenty_StaysClosed()
    {
        await using var app = await StartAsync();
        for (var index = 0; index < 400; index++)
        {
            _isDown = index % 20 == 19;
            Assert.Equal(_isDown ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public async Task Endpoint_ThatIsDown_IsRefusedWithinThreeSecondsAndServedAfterAboutOne()
    {
        await using var app = await StartAsync();
        _isDown = true;
        var start = _time.GetTimestamp();
        await FailUntilRefusedAsync(app, "/orders/{0}");

        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.Contains(app.Logs.Entries, entry => entry.EventId == 501 && entry.Message.Contains("requests failed in 2.", StringComparison.Ordinal)
            && entry.Message.Contains("Herz:CircuitBreaking:FailureRatio", StringComparison.Ordinal));
        _isDown = false;
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/2"));
        Assert.Equal([CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Closed], _changes.Select(change => change.To));
    }

    [Fact]
    public async Task Break_WhenTheWallClockGoesBack_EndsOnTime()
    {
        var clock = new SetBackClock(_time);
        await using var app = await StartAsync(clock: clock);
        _isDown = true;
        await FailUntilRefusedAsync(app, "/orders/{0}");
        clock.WallOffset = TimeSpan.FromMinutes(-10);
        _isDown = false;

        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
        Assert.Equal(CircuitStatus.Closed, _changes[^1].To);
    }

    [Fact]
    public async Task Break_OfAConfiguredCircuitWhenTheWallClockGoesBack_EndsOnTime()
    {
        var clock = new SetBackClock(_time);
        await using var app = await StartAsync(new() { ["CircuitBreaking:FailureRatio"] = "0.5", ["CircuitBreaking:MinimumThroughput"] = "4" }, clock);
        _isDown = true;
        await FailUntilRefusedAsync(app, "/orders/{0}");
        clock.WallOffset = TimeSpan.FromMinutes(-10);
        _isDown = false;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
    }

    [Theory]
    [InlineData("/all/")]
    [InlineData("/nowhere/")]
    public async Task CatchAll_WithAFailingPath_IsServedAndTheLogNamesTheRemedy(string prefix)
    {
        _failing.Add(prefix + "bad");
        await using var app = await StartAsync();
        for (var index = 0; index < 300; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync(prefix + "bad"));
            if (index % 2 == 0)
            {
                Assert.Equal(HttpStatusCode.OK, await app.StatusAsync($"{prefix}good{index}"));
            }

            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        var entry = Assert.Single(app.Logs.Entries, entry => entry.EventId == 503);
        Assert.Contains("Herz:CircuitBreaking:Routes", entry.Message);
        Assert.Contains(prefix == "/all/" ? "/all/{**path}" : "/{*path:nonfile}", entry.Message);
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.EventId == 504);
    }

    [Fact]
    public async Task CatchAll_ThatIsDown_OnlyObserves()
    {
        _isDown = true;
        await using var app = await StartAsync();
        for (var index = 0; index < 200; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync($"/all/{index}"));
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Contains(_changes, change => change.To == CircuitStatus.Open);
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 503);
        Assert.DoesNotContain(app.Logs.Entries, entry => entry.EventId == 501);
        var refused = (await app.Client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith("herz_requests_refused_total{", StringComparison.Ordinal));
        Assert.Contains("rule=\"* /all/{**path}\"", refused);
        Assert.Contains("mode=\"observe\"", refused);
    }

    [Fact]
    public async Task CatchAll_ListedInRoutes_IsEnforced()
    {
        _isDown = true;
        await using var app = await StartAsync(new() { ["CircuitBreaking:Routes:0:Pattern"] = "/all/{**path}" });

        await FailUntilRefusedAsync(app, "/all/{0}");
    }

    [Fact]
    public async Task PoisonPath_RetriedInALoop_KeepsTheCircuitClosedAndIsLoggedOnce()
    {
        _failing.Add("/orders/13");
        await using var app = await StartAsync();
        for (var index = 0; index < 300; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync("/orders/13"));
            if (index % 2 == 0)
            {
                Assert.Equal(HttpStatusCode.OK, await app.StatusAsync($"/orders/{100 + index}"));
            }

            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Empty(_changes);
        var entry = Assert.Single(app.Logs.Entries, entry => entry.EventId == 504);
        Assert.Contains("GET /orders/{id}", entry.Message);
        Assert.Contains("/orders/13", entry.Message);
    }

    [Fact]
    public async Task Observe_OfAnEndpointThatRecovers_Closes()
    {
        await using var app = await StartAsync(new() { ["CircuitBreaking:Mode"] = "Observe" });
        for (var index = 0; index < 200; index++)
        {
            _isDown = index < 80;
            Assert.Equal(_isDown ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal([CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Closed], _changes.Select(change => change.To));
        Assert.Contains("Herz:CircuitBreaking:Mode", Assert.Single(app.Logs.Entries, entry => entry.EventId == 503).Message);
    }

    [Fact]
    public async Task HealthCheck_ThatIsUnhealthyForLong_HasNoCircuit()
    {
        _isDown = true;
        await using var app = await StartAsync(new() { ["CircuitBreaking:FailureRatio"] = "0.05", ["CircuitBreaking:MinimumThroughput"] = "4" });
        for (var probe = 0; probe < 30; probe++)
        {
            Assert.Equal("Unhealthy", await (await app.Client.GetAsync("/health")).Content.ReadAsStringAsync());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _isDown = false;
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/health"));
        Assert.Empty(_changes);
        Assert.DoesNotContain("herz_circuit_state{endpoint=\"* /health\"}", await app.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task Reload_OfAnUnrelatedKey_KeepsTheCounts()
    {
        await using var app = await StartAsync(new() { ["CircuitBreaking:FailureRatio"] = "0.5", ["CircuitBreaking:MinimumThroughput"] = "4" });
        _isDown = true;
        for (var index = 0; index < 4; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync("/orders/1"));
            app.Reload(("Health:FailureThreshold", $"{index + 2}"));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders/1"));
    }

    void ICircuitObserver.OnCircuitChanged(CircuitChange change) => _changes.Add(change);

    private Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? clock = null) => TestApp.StartAsync(
        web =>
        {
            web.MapGet("/orders/{id}", Answer);
            web.Map("/all/{**path}", Answer);
            web.MapHealthChecks("/health");
            web.MapFallback(Answer);
        },
        settings,
        _time,
        builder =>
        {
            builder.Services.AddSingleton<ICircuitObserver>(this);
            builder.Services.AddHealthChecks().AddCheck("database", () => _isDown ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());
            if (clock is not null)
            {
                builder.Services.AddSingleton(clock);
            }
        });

    private IResult Answer(HttpContext context) => Results.StatusCode(_isDown || _failing.Contains(context.Request.Path.Value!) ? 500 : 200);

    private async Task FailUntilRefusedAsync(TestApp app, string path)
    {
        for (var index = 0; index < 100; index++)
        {
            var status = await app.StatusAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, index));
            if (status == HttpStatusCode.ServiceUnavailable)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.InternalServerError, status);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Fail("The circuit never opened.");
    }

    // A wall clock that an operator or NTP sets back; timestamps still increase.
    private sealed class SetBackClock(FakeTimeProvider inner) : TimeProvider
    {
        public TimeSpan WallOffset { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + WallOffset;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
