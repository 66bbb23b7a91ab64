using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Herz.Resilience.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting;

/// <summary>The limiter without the bundle, in the framework's rate limiting middleware on a real Kestrel.</summary>
public sealed class FrameworkMiddlewareTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task GlobalLimiter_AcceptsIt_AndSendsTheExactRetryAfter()
    {
        await using var app = await StartAsync(options => options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.Get(context.Request.Headers["X-Name"].ToString(), _ => new TokenBucketLimiter(0.1, 2, _time))));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await StatusAsync(client, "a"), await StatusAsync(client, "a")]);
        using var refused = await SendAsync(client, "a");
        Assert.Equal((HttpStatusCode.TooManyRequests, "10"), (refused.StatusCode, refused.Headers.GetValues("Retry-After").Single()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "b"));

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await StatusAsync(client, "a"), await StatusAsync(client, "a")]);
    }

    [Fact]
    public async Task NamedPolicy_AcceptsIt()
    {
        await using var app = await StartAsync(
            options => options.AddPolicy("login", _ => RateLimitPartition.Get("all", _ => new TokenBucketLimiter(1, 1, _time))), policy: "login");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [await StatusAsync(client, "a"), await StatusAsync(client, "b")]);
    }

    private static async Task<WebApplication> StartAsync(Action<RateLimiterOptions> configure, string? policy = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = static (rejected, _) =>
            {
                Assert.True(rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after));
                rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return default;
            };
            configure(options);
        });
        var app = builder.Build();
        app.UseRateLimiter();
        var endpoint = app.MapGet("/", static () => "ok");
        if (policy is not null)
        {
            endpoint.RequireRateLimiting(policy);
        }

        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string name)
    {
        using var response = await SendAsync(client, name);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string name)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Name", name);
        return client.SendAsync(request);
    }
}
