using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A refusal has the headers that the app's middleware adds to every answer, and reaches the client through any middleware.</summary>
public sealed class AppHeadersTests
{
    private const string Origin = "https://shop.example";

    public static TheoryData<string, bool> PolicyPlaces => new()
    {
        { "default", false }, { "default", true }, { "named", false }, { "named", true }, { "inline", false }, { "endpoint", false },
    };

    [Theory]
    [MemberData(nameof(PolicyPlaces))]
    public async Task Refusal_OfARequestFromAnotherOrigin_HasTheCorsHeaders(string place, bool addedBefore)
    {
        await using var app = await StartAsync(place, addedBefore);

        var refused = await UntilRefusedAsync(app, Origin);

        Assert.Equal([Origin], refused.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], refused.Headers.GetValues("Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", refused.Headers.Vary);
    }

    [Fact]
    public async Task Refusal_OfARequestFromAForbiddenOrigin_HasNoCorsHeaders()
    {
        await using var app = await StartAsync("default", addedBefore: false);

        var refused = await UntilRefusedAsync(app, "https://evil.example");

        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Refusal_AtTheEndpoint_KeepsTheHeadersOfTheAppExceptContentHeaders()
    {
        await using var app = await TestApp.StartAsync(
            static web =>
            {
                web.Use(static (context, next) =>
                {
                    context.Response.Headers.XFrameOptions = "DENY";
                    context.Response.Headers.CacheControl = "public, max-age=600";
                    context.Response.Headers.ETag = "\"1\"";
                    return next(context);
                });
                web.UseRouting();
                web.MapGet("/", static () => "fine").RequireHerzRateLimit("narrow");
            },
            Narrow("/"));

        var refused = await UntilRefusedAsync(app, null);

        Assert.Equal(["DENY"], refused.Headers.GetValues("X-Frame-Options"));
        Assert.Null(refused.Headers.CacheControl);
        Assert.Null(refused.Headers.ETag);
    }

    [Fact]
    public async Task Deadline_WithMiddlewareThatLeavesItsBuffer_IsAnsweredWith504()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            web =>
            {
                web.Use(static async (context, next) =>
                {
                    var body = context.Response.Body;
                    using var buffer = new MemoryStream();
                    context.Response.Body = buffer;
                    await next(context);
                    buffer.Position = 0;
                    await buffer.CopyToAsync(body);
                    context.Response.Body = body;
                });
                web.MapGet("/", async (CancellationToken cancellation) =>
                {
                    entered.SetResult();
                    await Task.Delay(Timeout.Infinite, cancellation);
                });
            },
            new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" },
            time);

        var answer = app.Client.GetAsync("/");
        await entered.Task;
        time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Equal("application/problem+json", (await answer).Content.Headers.ContentType?.MediaType);
    }

    private static async Task<HttpResponseMessage> UntilRefusedAsync(TestApp app, string? origin)
    {
        for (var sent = 0; sent < 20; sent++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation("Origin", origin);
            var answer = await app.Client.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return answer;
            }
        }

        throw new InvalidOperationException("None of 20 requests was refused.");
    }

    private static Dictionary<string, string?> Narrow(string? route) => new()
    {
        ["RateLimiting:Policies:narrow:PermitsPerSecond"] = "0.01",
        ["RateLimiting:Policies:narrow:Burst"] = "3",
        ["RateLimiting:Policies:narrow:Routes:0"] = route,
    };

    private static Task<TestApp> StartAsync(string place, bool addedBefore)
    {
        var settings = Narrow(null);
        settings.Remove("RateLimiting:Policies:narrow:Routes:0");
        Action<CorsPolicyBuilder> policy = static policy => policy.WithOrigins(Origin, "https://other.example").AllowCredentials();
        return TestApp.StartAsync(
            web =>
            {
                web.UseRouting();
                _ = place switch
                {
                    "named" => web.UseCors("shop"),
                    "inline" => web.UseCors(policy),
                    _ => web.UseCors(),
                };
                var endpoint = web.MapGet("/", static () => "fine");
                if (place == "endpoint")
                {
                    endpoint.RequireCors("shop");
                }
            },
            settings,
            build: builder => builder.Services.AddCors(options =>
            {
                if (place == "default")
                {
                    options.AddDefaultPolicy(policy);
                }
                else
                {
                    options.AddPolicy("shop", policy);
                }
            }),
            before: addedBefore ? static builder => builder.Services.AddCors() : null);
    }
}
