using System.Net;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Herz.Resilience.Tests.RateLimiting.Buckets;

namespace Herz.Resilience.Tests.RateLimiting;

/// <summary>Edge cases of limits: extreme rates, clients that leave the queue, keys with several spellings.</summary>
public sealed class LimitEdgeCaseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task LongQueue_OfASlowRate_StillAdmitsTheBurst()
    {
        await using var app = await StartAsync(new() { ["PermitsPerSecond"] = "0.00001", ["Burst"] = "5", ["QueueLimit"] = "10000" });
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
    }

    [Fact]
    public async Task Wait_OfMonthsWithoutADeadline_IsRefused()
    {
        await using var app = await StartAsync(new() { ["PermitsPerSecond"] = "0.0000002", ["Burst"] = "1", ["QueueLimit"] = "10" }, ("Deadlines:Mode", "Off"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
    }

    [Fact]
    public void CancelledReservations_NeverShareASlot()
    {
        // Burst 1, one permit per 100 units. Each waiter continues at now + wait.
        var rate = new BucketRate(100, 100);
        long full = 0, now = 1000;
        Assert.True(BucketCalls.TryTake(ref full, now, 1, rate, out _));
        var slots = new List<long>();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(BucketCalls.TryTake(ref full, now, 1, rate, out var wait, maxWait: 1000));
            slots.Add(now + wait);
        }

        for (var cycle = 0; cycle < 50 && slots.Count > 0; cycle++)
        {
            slots.Sort();
            slots.RemoveAt(0);
            TokenBucket.Refund(ref full, now, 1, rate);
            if (BucketCalls.TryTake(ref full, now, 1, rate, out var wait, maxWait: 1000))
            {
                slots.Add(now + wait);
            }
        }

        var most = slots.GroupBy(slot => slot).Select(group => group.Count()).DefaultIfEmpty(1).Max();
        Assert.True(most == 1, $"{most} of {slots.Count} waiters continue at the same time with a burst of 1");
    }

    [Fact]
    public async Task Leaving_AfterAReload_GivesBackOnlyTakenPermits()
    {
        await using var app = await StartAsync(new() { ["PermitsPerSecond"] = "2", ["Burst"] = "1", ["QueueLimit"] = "1" });
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        using var cancel = new CancellationTokenSource();
        var leaving = app.Client.GetAsync("/", cancel.Token);
        await WaitingAsync(app, 1);

        app.Reload(
            ("RateLimiting:Policies:default:QueueLimit", "0"),
            ("RateLimiting:Policies:second:PermitsPerSecond", "0.001"),
            ("RateLimiting:Policies:second:Burst", "3"),
            ("RateLimiting:Policies:default:PermitsPerSecond", "1000000"),
            ("RateLimiting:Policies:default:Burst", "1000000"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await WaitingAsync(app, 0);
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("login")]
    [InlineData("/login/")]
    [InlineData("/Login")]
    public async Task RouteOverride_IsFoundForEachSpellingOfTheRoute(string key)
    {
        await using var app = await StartAsync(new()
        {
            ["PermitsPerSecond"] = "1", ["Burst"] = "1", ["PartitionBy"] = "Route", ["Overrides:0:Key"] = key, ["Overrides:0:Burst"] = "3",
        });
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/login"));
        }
    }

    [Theory]
    [InlineData("10.0.0.4", "::ffff:10.0.0.4")]
    [InlineData("10.0.0.4", "10.0.0.4/32")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    public async Task OneClient_UnderTwoSpellings_IsADuplicate(string one, string other) =>
        await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var app = await StartAsync(new()
            {
                ["Overrides:0:Key"] = one, ["Overrides:0:Burst"] = "3", ["Overrides:1:Key"] = other, ["Overrides:1:Burst"] = "4",
            });
        });

    [Fact]
    public async Task CostlyRequest_WithSpaceInTheQueue_Waits()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", static () => "ok"), new()
        {
            ["RateLimiting:Policies:default:PermitsPerSecond"] = "100",
            ["RateLimiting:Policies:default:Burst"] = "5",
            ["RateLimiting:Policies:default:QueueLimit"] = "1",
        }, _time, static builder => builder.UseHerzResilience(static herz => herz.RateLimiting.Policies["default"].Cost = static _ => 5));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        var second = app.Client.GetAsync("/");
        await Task.WhenAny(second, WaitingAsync(app, 1));
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(HttpStatusCode.OK, (await second).StatusCode);
    }

    [Fact]
    public void Digest_OfALongKey_AllocatesNothing()
    {
        var key = new string('k', 500);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var index = 0; index < 100; index++)
            {
                ApiKeyDigest.Of(key);
            }
        }));
    }

    private Task<TestApp> StartAsync(Dictionary<string, string?> policy, params (string Key, string Value)[] more)
    {
        var settings = policy.ToDictionary(pair => "RateLimiting:Policies:default:" + pair.Key, pair => pair.Value);
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return TestApp.StartAsync(
            static web =>
            {
                web.MapGet("/", static () => "ok");
                web.MapGet("/login", static () => "ok");
            },
            settings,
            _time);
    }

    private static Task WaitingAsync(TestApp app, int expected) => app.WaitForMetricAsync($"herz_rate_limiting_waiting {expected}");
}
