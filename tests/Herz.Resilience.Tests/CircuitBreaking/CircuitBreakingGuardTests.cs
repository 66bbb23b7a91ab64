using System.Net;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking;

public sealed class CircuitBreakingGuardTests : ICircuitObserver
{
    private static readonly Dictionary<string, string?> s_settings = new()
    {
        ["CircuitBreaking:MinimumThroughput"] = "4",
        ["CircuitBreaking:FailureRatio"] = "0.5",
    };

    private readonly FakeTimeProvider _time = new();
    private readonly List<CircuitChange> _changes = [];
    private bool _failing = true;

    [Fact]
    public async Task Endpoint_ThatFails_IsRefusedUntilItRecovers()
    {
        await using var app = await StartAsync(s_settings);
        await FailAsync(app, 4);

        var refused = await app.Client.GetAsync("/orders/1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("urn:herz:problem:circuit-open", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthy"));

        _failing = false;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/2"));
        Assert.Equal([CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Closed], _changes.Select(change => change.To));
        Assert.All(_changes, change => Assert.Equal("GET /orders/{id}", change.Name));
    }

    [Theory]
    [InlineData("/throws")]
    [InlineData("/orders/7")]
    public async Task Failure_OfAnyKind_Counts(string path)
    {
        await using var app = await StartAsync(s_settings);
        for (var index = 0; index < 4; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync(path));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync(path));
    }

    [Fact]
    public async Task ClientErrorsAndRefusals_DoNotCount()
    {
        var settings = new Dictionary<string, string?>(s_settings)
        {
            ["RateLimiting:Policies:default:PermitsPerSecond"] = "1",
            ["RateLimiting:Policies:default:Burst"] = "10",
        };
        await using var app = await StartAsync(settings);
        for (var index = 0; index < 10; index++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await app.StatusAsync("/missing"));
        }

        for (var index = 0; index < 10; index++)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/missing"));
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public async Task Observer_ThatThrows_DoesNotAffectRequests()
    {
        await using var app = await StartAsync(s_settings, new ThrowingObserver());
        await FailAsync(app, 4);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders/1"));
        Assert.Equal(CircuitStatus.Open, Assert.Single(_changes).To);
        Assert.Contains(app.Logs.Entries, entry => entry is { EventId: 101, Exception.Message: "observer" });
        Assert.Contains(app.Logs.Entries, entry => entry.EventId == 501);
    }

    [Fact]
    public async Task Observe_CountsAndRefusesNothing()
    {
        await using var app = await StartAsync(new(s_settings) { ["CircuitBreaking:Mode"] = "Observe" });

        await FailAsync(app, 8);

        Assert.Equal(CircuitStatus.Open, Assert.Single(_changes).To);
        var refused = (await app.Client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith("herz_requests_refused_total{", StringComparison.Ordinal));
        Assert.Contains("mode=\"observe\"", refused);
        Assert.EndsWith(" 4", refused);
    }

    [Fact]
    public async Task Endpoint_WithoutABreaker_IsNeverRefused()
    {
        await using var app = await StartAsync(s_settings);
        for (var index = 0; index < 8; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync("/free"));
        }
    }

    [Fact]
    public async Task Route_WithItsOwnOptions_UsesThem()
    {
        var settings = new Dictionary<string, string?>(s_settings)
        {
            ["CircuitBreaking:Routes:0:Pattern"] = "/orders/{id}",
            ["CircuitBreaking:Routes:0:MinimumThroughput"] = "6",
        };
        await using var app = await StartAsync(settings);

        await FailAsync(app, 6);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders/1"));
    }

    void ICircuitObserver.OnCircuitChanged(CircuitChange change) => _changes.Add(change);

    private Task<TestApp> StartAsync(Dictionary<string, string?> settings, ICircuitObserver? first = null) => TestApp.StartAsync(
        web =>
        {
            web.MapGet("/orders/{id}", (string id) => _failing ? Results.StatusCode(500) : Results.Ok(id));
            web.MapGet("/throws", IResult () => throw new InvalidOperationException("broken"));
            web.MapGet("/missing", () => Results.NotFound());
            web.MapGet("/healthy", () => "ok");
            web.MapGet("/free", () => Results.StatusCode(500)).DisableHerzCircuitBreaking();
        },
        settings,
        _time,
        builder =>
        {
            if (first is not null)
            {
                builder.Services.AddSingleton(first);
            }

            builder.Services.AddSingleton<ICircuitObserver>(this);
        });

    private static async Task FailAsync(TestApp app, int times)
    {
        for (var index = 0; index < times; index++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await app.StatusAsync($"/orders/{index}"));
        }
    }

    private sealed class ThrowingObserver : ICircuitObserver
    {
        public void OnCircuitChanged(CircuitChange change) => throw new InvalidOperationException("observer");
    }
}
