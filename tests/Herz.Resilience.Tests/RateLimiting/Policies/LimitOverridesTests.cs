using System.Net;
using System.Security.Cryptography;
using System.Text;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting.Policies;

public sealed class LimitOverridesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("10.1.2.3", 1)]
    [InlineData("10.1.2.4", 3)]
    [InlineData("::ffff:10.1.2.4", 3)]
    [InlineData("10.9.9.9", 2)]
    [InlineData("192.0.2.1", 1)]
    [InlineData("192.0.2.9", int.MaxValue)]
    [InlineData("2001:db8:1::7", 2)]
    [InlineData("2001:db8:1:0:ffff::1", 2)]
    [InlineData("2001:db8:2::7", 1)]
    [InlineData("::1", int.MaxValue)]
    public async Task Client_HasTheLimitOfItsNarrowestNetwork(string address, int admitted)
    {
        await using var app = await StartAsync("Client", [
            ("10.0.0.0/8", ("Burst", "2")), ("10.1.2.4", ("Burst", "3")), ("10.1.2.0/29", ("Burst", "1")), ("192.0.2.8/29", ("Exempt", "true")),
            ("2001:db8:1::", ("Burst", "2")), ("::1", ("Exempt", "true")),
        ]);

        Assert.Equal(Math.Min(admitted, 9), await AdmittedAsync(app, 9, ("X-Test-Address", address)));
    }

    [Fact]
    public async Task Network_GivesEachOfItsClientsABucket()
    {
        await using var app = await StartAsync("Client", [("10.0.0.0/8", ("Burst", "2"))]);

        Assert.Equal(2, await AdmittedAsync(app, 4, ("X-Test-Address", "10.0.0.1")));
        Assert.Equal(2, await AdmittedAsync(app, 4, ("X-Test-Address", "10.0.0.2")));
    }

    [Fact]
    public async Task ApiKey_IsFoundInPlainTextAndByDigest()
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("gold-é")));
        await using var app = await StartAsync("ApiKey", [(digest, ("Burst", "3")), ("silver", ("Burst", "2")), ("internal", ("Exempt", "true"))], header: "X-Key");

        Assert.Equal(2, await AdmittedAsync(app, 5, ("X-Key", "silver")));
        Assert.Equal(5, await AdmittedAsync(app, 5, ("X-Key", "internal")));
        Assert.Equal(1, await AdmittedAsync(app, 5, ("X-Key", "bronze")));
        Assert.Equal(1, await AdmittedAsync(app, 5, ("X-Key", digest)));
        Assert.Equal(3, await AdmittedAsync(app, 5, ("X-Key-Utf8", "gold-é")));
    }

    [Fact]
    public async Task Rate_OfAnOverride_RefillsAtItsOwnSpeed()
    {
        await using var app = await StartAsync("ApiKey", [("fast", ("PermitsPerSecond", "10"))], header: "X-Key");
        Assert.Equal(1, await AdmittedAsync(app, 2, ("X-Key", "fast")));
        Assert.Equal(1, await AdmittedAsync(app, 2, ("X-Key", "slow")));

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(1, await AdmittedAsync(app, 2, ("X-Key", "fast")));
        Assert.Equal(0, await AdmittedAsync(app, 2, ("X-Key", "slow")));
    }

    [Fact]
    public async Task Refusal_HasTheQuotaOfTheOverride()
    {
        await using var app = await StartAsync("ApiKey", [("fast", ("Burst", "7"))], header: "X-Key");
        await AdmittedAsync(app, 7, ("X-Key", "fast"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Key", "fast" } } };
        var answer = await app.Client.SendAsync(request);

        Assert.Equal("\"default\";q=7;w=7", answer.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task Reload_KeepsTheLevelOfAnOverride_AndAppliesANewOne()
    {
        await using var app = await StartAsync("ApiKey", [("fast", ("Burst", "3"))], header: "X-Key");
        Assert.Equal(3, await AdmittedAsync(app, 5, ("X-Key", "fast")));

        app.Reload(
            ("RateLimiting:Policies:default:Overrides:0:Burst", "9"),
            ("RateLimiting:Policies:default:Overrides:1:Key", "free"),
            ("RateLimiting:Policies:default:Overrides:1:Exempt", "true"));

        Assert.Equal(0, await AdmittedAsync(app, 2, ("X-Key", "fast")));
        Assert.Equal(5, await AdmittedAsync(app, 5, ("X-Key", "free")));
    }

    private static async Task<int> AdmittedAsync(TestApp app, int requests, (string Name, string Value) header)
    {
        var admitted = 0;
        for (var index = 0; index < requests; index++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation(header.Name, header.Name == "X-Key-Utf8" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(header.Value)) : header.Value);
            admitted += (await app.Client.SendAsync(request)).StatusCode == HttpStatusCode.OK ? 1 : 0;
        }

        return admitted;
    }

    // With a route, limits are checked at the endpoint, after the middleware has set the address and the key.
    private Task<TestApp> StartAsync(string partitionBy, (string Key, (string Name, string Value) Setting)[] overrides, string header = "X-Api-Key")
    {
        var settings = new Dictionary<string, string?>
        {
            ["RateLimiting:Policies:default:PermitsPerSecond"] = "1",
            ["RateLimiting:Policies:default:Burst"] = "1",
            ["RateLimiting:Policies:default:PartitionBy"] = partitionBy,
            ["RateLimiting:Policies:default:Header"] = header,
            ["RateLimiting:Policies:default:Routes:0"] = "/",
        };
        for (var index = 0; index < overrides.Length; index++)
        {
            settings[$"RateLimiting:Policies:default:Overrides:{index}:Key"] = overrides[index].Key;
            settings[$"RateLimiting:Policies:default:Overrides:{index}:{overrides[index].Setting.Name}"] = overrides[index].Setting.Value;
        }

        return TestApp.StartAsync(
            static web =>
            {
                web.Use(static (context, next) =>
                {
                    if (context.Request.Headers["X-Test-Address"] is [{ } address])
                    {
                        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
                    }

                    if (context.Request.Headers["X-Key-Utf8"] is [{ } key])
                    {
                        context.Request.Headers["X-Key"] = Encoding.UTF8.GetString(Convert.FromBase64String(key));
                    }

                    return next(context);
                });
                web.MapGet("/", static () => "ok");
            },
            settings,
            _time);
    }
}
