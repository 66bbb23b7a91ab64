using System.Net;
using System.Text.Json;
using Herz.Resilience.Tests.Configuration;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting;

public sealed class RateLimitingGuardTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Request_PastTheBurst_GetsA429WithAllFields()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("default", 0.5, 2));
        await app.Client.GetAsync("/");
        await app.Client.GetAsync("/");

        var answer = await app.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("\"default\";q=2;w=4", answer.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"default\";r=0;t=2", answer.Headers.GetValues("RateLimit").Single());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("https://iana.org/assignments/http-problem-types#quota-exceeded", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(429, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("default", problem.RootElement.GetProperty("violated-policies")[0].GetString());
    }

    [Fact]
    public async Task Request_AfterTheRetryAfter_IsAdmitted()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("default", 0.5, 1));
        await app.Client.GetAsync("/");
        var retryAfter = (await app.Client.GetAsync("/")).Headers.RetryAfter!.Delta!.Value;

        _time.Advance(retryAfter);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
    }

    [Fact]
    public async Task Default_WithoutConfiguration_RefusesNothingAndLogsTheKeyToSetOnce()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), []);

        for (var index = 0; index < 300; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }

        Assert.Equal(100, await Scrape.SumAsync(app.Client, "herz_requests_refused_total", "rule=\"default\"", "mode=\"observe\""));
        Assert.Single(app.Logs.Entries, static entry => entry.Message.Contains("Herz:RateLimiting:Policies:default", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Policy_WithRoutes_LimitsOnlyThose()
    {
        await using var app = await StartAsync(
            static web =>
            {
                web.MapGet("/orders/{id:int}", (int id) => id);
                web.MapGet("/other", () => "ok");
            },
            new(Policy("orders", 1, 1)) { ["RateLimiting:Policies:orders:Routes:0"] = "orders/{id:int}" });

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/orders/2"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/other"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/other"));
    }

    [Fact]
    public async Task Refusal_ByOnePolicy_CostsNothingInTheOthers()
    {
        var settings = new Dictionary<string, string?>(Policy("all", 1, 3).Concat(Policy("login", 1, 1)))
        {
            ["RateLimiting:Policies:all:PartitionBy"] = "Global",
            ["RateLimiting:Policies:login:Routes:0"] = "/login",
        };
        await using var app = await StartAsync(
            static web =>
            {
                web.MapGet("/login", () => "ok");
                web.MapGet("/other", () => "ok");
            },
            settings);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/login"));
        for (var index = 0; index < 5; index++)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/login"));
        }

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/other"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/other"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/other"));
    }

    [Fact]
    public async Task Endpoint_ThatNamesAPolicy_IsLimitedByIt()
    {
        var settings = new Dictionary<string, string?>(Policy("tight", 1, 1)) { ["RateLimiting:Policies:tight:Routes:0"] = "/nowhere" };
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok").RequireHerzRateLimit("tight"), settings);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
    }

    [Fact]
    public async Task Endpoint_ThatNamesAnUnknownPolicy_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            static web => web.MapGet("/lost", () => "ok").RequireHerzRateLimit("no-such-policy"), Policy("tight", 1, 1)));

        Assert.Contains("Herz:RateLimiting:Policies:no-such-policy is null; expected a policy, since the endpoint HTTP: GET /lost", error.Message);
        Assert.Contains("configured policies: tight", error.Message);
    }

    [Fact]
    public async Task Reload_WithoutAPolicyThatAnEndpointNames_KeepsTheLastGoodPlan()
    {
        var source = new SectionSource("""{ "RateLimiting": { "Policies": { "tight": { "PermitsPerSecond": 1, "Burst": 1, "Routes": [ "/nowhere" ] } } } }""");
        await using var app = await StartAsync(
            static web => web.MapGet("/", () => "ok").RequireHerzRateLimit("tight"), [], builder => builder.Configuration.Sources.Add(source));

        source.Change("""{ "RateLimiting": { "Policies": { "other": { "PermitsPerSecond": 1, "Burst": 5 } } } }""");

        Assert.Contains("Herz:RateLimiting:Policies:tight is null", Assert.Single(app.Logs.Entries, entry => entry.EventId == 1101).Message);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Endpoint_ThatIsExempt_IsNeverLimitedAndTakesNothing(bool byTheFramework)
    {
        await using var app = await StartAsync(
            web =>
            {
                var free = web.MapGet("/free", () => "ok");
                _ = byTheFramework ? free.DisableRateLimiting() : free.DisableHerzRateLimiting();
                web.MapGet("/", () => "ok");
            },
            Policy("default", 1, 1));

        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/free"));
        }

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/free"));
    }

    [Fact]
    public async Task App_WithoutEndpoints_IsLimitedToo()
    {
        await using var app = await StartAsync(static web => web.Run(context => context.Response.WriteAsync("ok")), Policy("default", 1, 1));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/any"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/any"));
        using var forged = new HttpRequestMessage(HttpMethod.Get, "/any") { Headers = { { "X-Forwarded-For", "9.9.9.9" } } };
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Client.SendAsync(forged)).StatusCode);
    }

    [Fact]
    public async Task ForwardedHeader_ThatIsForged_DoesNotEvadeTheLimit()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("default", 1, 1));
        var statuses = new List<HttpStatusCode>();
        for (var index = 0; index < 3; index++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Forwarded-For", $"10.0.0.{index}" } } };
            statuses.Add((await app.Client.SendAsync(request)).StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses);
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 202);
    }

    [Fact]
    public async Task ForwardedHeader_ThatTheAppTrusts_IdentifiesTheClient()
    {
        await using var app = await StartAsync(
            static web =>
            {
                web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
                web.UseRouting();
                web.MapGet("/", () => "ok");
            },
            Policy("default", 1, 1));

        foreach (var (client, expected) in new[] { ("10.0.0.1", 200), ("10.0.0.2", 200), ("10.0.0.1", 429) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Forwarded-For", client } } };
            Assert.Equal(expected, (int)(await app.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task ApiKey_HasItsOwnBucket()
    {
        var settings = new Dictionary<string, string?>(Policy("keys", 1, 1)) { ["RateLimiting:Policies:keys:PartitionBy"] = "ApiKey" };
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), settings);

        foreach (var (key, expected) in new[] { ("a", 200), ("b", 200), ("a", 429) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Api-Key", key } } };
            Assert.Equal(expected, (int)(await app.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task Delegates_ForPartitionAndCost_AreCalled()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("custom", 1, 4), static builder => builder.UseHerzResilience(static herz =>
        {
            var policy = herz.RateLimiting.Policies["custom"];
            policy.PartitionKey = context => context.Request.Query["tenant"].FirstOrDefault();
            policy.Cost = context => context.Request.Query.ContainsKey("heavy") ? 3 : 1;
        }));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/?tenant=a&heavy"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/?tenant=a&heavy"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/?tenant=a"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/?tenant=b&heavy"));
        for (var index = 0; index < 9; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }
    }

    [Fact]
    public async Task Delegate_ThatThrows_LetsTheRequestContinue()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("custom", 1, 1), static builder => builder.UseHerzResilience(static herz =>
            herz.RateLimiting.Policies["custom"].PartitionKey = _ => throw new InvalidOperationException("no tenant")));

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Contains(app.Logs.Entries, entry => entry is { EventId: 101, Exception.Message: "no tenant" });
    }

    [Fact]
    public async Task Observe_CountsAndRefusesNothing()
    {
        var settings = new Dictionary<string, string?>(Policy("default", 1, 1)) { ["RateLimiting:Mode"] = "Observe" };
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), settings);
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        }

        var refused = (await app.Client.GetStringAsync("/metrics")).Split((char)10).Single(line => line.StartsWith("herz_requests_refused_total{", StringComparison.Ordinal));
        Assert.Contains("mode=\"observe\"", refused);
        Assert.Contains("rule=\"default\"", refused);
        Assert.EndsWith(" 2", refused);
    }

    [Fact]
    public async Task Reload_KeepsTheLevels()
    {
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), Policy("default", 1, 2));
        await app.Client.GetAsync("/");
        await app.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));

        app.Reload(("RateLimiting:Policies:default:Burst", "50"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
    }

    [Fact]
    public async Task Fields_OnAdmittedAnswers_AreSentWhenSwitchedOn()
    {
        var settings = new Dictionary<string, string?>(Policy("default", 1, 5)) { ["RateLimiting:SendFieldsOnSuccess"] = "true" };
        await using var app = await StartAsync(static web => web.MapGet("/", () => "ok"), settings);

        var answer = await app.Client.GetAsync("/");

        Assert.Equal("\"default\";q=5;w=5", answer.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"default\";r=4;t=4", answer.Headers.GetValues("RateLimit").Single());
    }

    private static Dictionary<string, string?> Policy(string name, double perSecond, int burst) => new()
    {
        [$"RateLimiting:Policies:{name}:PermitsPerSecond"] = $"{perSecond}",
        [$"RateLimiting:Policies:{name}:Burst"] = $"{burst}",
    };

    private Task<TestApp> StartAsync(Action<WebApplication> map, Dictionary<string, string?> settings, Action<WebApplicationBuilder>? build = null) =>
        TestApp.StartAsync(map, settings, _time, build);
}
