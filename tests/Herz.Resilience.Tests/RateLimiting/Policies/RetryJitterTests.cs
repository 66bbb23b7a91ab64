using System.Net;
using Herz.Resilience.RateLimiting.Policies;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting.Policies;

public sealed class RetryJitterTests
{
    [Fact]
    public void After_IsSpreadFromTheEarliestTime()
    {
        var jitter = new RetryJitter(7);
        var times = Enumerable.Range(0, 1000).Select(_ => jitter.After(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)).TotalSeconds).ToList();

        Assert.All(times, static time => Assert.InRange(time, 2, 12));
        Assert.InRange(times.Average(), 6.5, 7.5);
        Assert.True(times.Min() < 2.2 && times.Max() > 11.8);
    }

    [Fact]
    public void After_OfTheSameSeed_IsTheSame()
    {
        var (one, other) = (new RetryJitter(3), new RetryJitter(3));

        Assert.Equal(one.After(default, TimeSpan.FromHours(1)), other.After(default, TimeSpan.FromHours(1)));
        Assert.NotEqual(one.After(default, TimeSpan.FromHours(1)), one.After(default, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task RetryAfter_WithJitter_IsSpreadAndNeverTooEarly()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", static () => "ok"), new()
        {
            ["RateLimiting:RetryAfterJitter"] = "00:00:20",
            ["RateLimiting:Policies:default:PermitsPerSecond"] = "0.2",
            ["RateLimiting:Policies:default:Burst"] = "1",
        }, new FakeTimeProvider());
        await app.Client.GetAsync("/");

        var times = new List<double>();
        for (var index = 0; index < 40; index++)
        {
            var answer = await app.Client.GetAsync("/");
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.Equal("\"default\";r=0;t=5", answer.Headers.GetValues("RateLimit").Single());
            times.Add(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        }

        Assert.All(times, static time => Assert.InRange(time, 5, 25));
        Assert.True(times.Distinct().Count() > 5);
    }
}
