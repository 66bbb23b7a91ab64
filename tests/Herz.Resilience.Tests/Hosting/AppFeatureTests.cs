using System.Net;
using System.Text;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.FileProviders;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>The app's own features still work.</summary>
public sealed class AppFeatureTests
{
    [Fact]
    public async Task ResponseCompression_OfTheApp_CompressesAnswersAndLeavesRefusalsReadable()
    {
        await using var app = await MatrixApp.StartAsync("/text", HostingShape.Minimal(
            static app =>
            {
                app.UseResponseCompression();
                app.MapGet("/text", static () => new string('x', 10_000));
            },
            static builder => builder.Services.AddResponseCompression()));
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = app.Address };

        Assert.Equal(10_000, (await client.GetStringAsync("/text")).Length);
        var refused = await client.GetAsync("/text");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("quota-exceeded", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputCache_OfTheApp_AnswersWithoutTheEndpoint_AndCachesNoRefusal()
    {
        var runs = 0;
        await using var app = await MatrixApp.StartAsync("/cached", HostingShape.Minimal(
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/cached", () => ++runs).CacheOutput(static policy => policy.Expire(TimeSpan.FromHours(1)).SetVaryByQuery("v"));
            },
            static builder => builder.Services.AddOutputCache()));

        Assert.Equal("1", await app.Client.GetStringAsync("/cached"));
        Assert.Equal("1", await app.Client.GetStringAsync("/cached"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Client.GetAsync("/cached?v=2")).StatusCode);
        app.Time.Advance(TimeSpan.FromSeconds(1001));
        Assert.Equal("2", await app.Client.GetStringAsync("/cached?v=2"));
    }

    [Fact]
    public async Task Cors_OfTheApp_AnswersThePreflightAndMarksRefusals()
    {
        await using var app = await MatrixApp.StartAsync("/api", HostingShape.Minimal(
            static app =>
            {
                app.UseCors();
                app.MapPut("/api", static () => "ok");
            },
            static builder => builder.Services.AddCors(static cors => cors.AddDefaultPolicy(static policy => policy.AllowAnyOrigin().AllowAnyMethod()))));

        for (var index = 0; index < 2; index++)
        {
            using var preflight = Request(HttpMethod.Options);
            preflight.Headers.Add("Access-Control-Request-Method", "PUT");
            Assert.Equal(HttpStatusCode.NoContent, (await app.Client.SendAsync(preflight)).StatusCode);
        }

        using var first = Request(HttpMethod.Put);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.SendAsync(first)).StatusCode);
        using var second = Request(HttpMethod.Put);
        var refused = await app.Client.SendAsync(second);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("*", Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));

        static HttpRequestMessage Request(HttpMethod method)
        {
            var request = new HttpRequestMessage(method, "/api");
            request.Headers.Add("Origin", "https://elsewhere.example");
            return request;
        }
    }

    [Fact]
    public async Task RateLimiterOfTheApp_StillRefuses()
    {
        await using var app = await MatrixApp.StartAsync("/other", HostingShape.Minimal(
            static app =>
            {
                app.UseRateLimiter();
                app.MapGet("/", static () => "ok").RequireRateLimiting("once");
            },
            static builder => builder.Services.AddRateLimiter(static limits =>
            {
                limits.RejectionStatusCode = 418;
                limits.AddFixedWindowLimiter("once", static window => (window.PermitLimit, window.Window) = (1, TimeSpan.FromHours(1)));
            })));

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/")).StatusCode);
        Assert.Equal(418, (int)(await app.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task RequestTimeoutsOfTheApp_SetTheirToken_AndTheDeadlineCancelsIt()
    {
        await using var app = await MatrixApp.StartAsync("/slow", HostingShape.Minimal(
            static app =>
            {
                app.UseRequestTimeouts();
                app.MapGet("/slow", static (HttpContext context, Gate gate) => gate.AnswerAsync(context)).WithRequestTimeout(TimeSpan.FromHours(1));
            },
            static builder => builder.Services.AddRequestTimeouts()));

        var answer = app.Client.GetAsync("/slow?wait");
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMilliseconds(201));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
    }

    [Fact]
    public async Task StaticFile_LargerThanABuffer_IsServedCompletely()
    {
        var folder = Directory.CreateTempSubdirectory("herz-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "big.txt"), new string('x', 5_000_000));
            await using var app = await MatrixApp.StartAsync("/other", HostingShape.Minimal(
                app => app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder.FullName) })));

            Assert.Equal(5_000_000, (await app.Client.GetStringAsync("/big.txt")).Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Head_OfARefusal_HasItsHeadersAndNoBody()
    {
        await using var app = await MatrixApp.StartAsync("/page", HostingShape.Minimal(
            static app => app.MapMethods("/page", ["GET", "HEAD"], static () => "ok")));
        using var first = new HttpRequestMessage(HttpMethod.Head, "/page");
        Assert.Equal(HttpStatusCode.OK, (await app.Client.SendAsync(first)).StatusCode);
        using var second = new HttpRequestMessage(HttpMethod.Head, "/page");

        var refused = await app.Client.SendAsync(second);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.True(refused.Content.Headers.ContentLength > 0);
        Assert.Empty(await refused.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Options_AndUnknownMethods_AreAnsweredByRouting()
    {
        await using var app = await MatrixApp.StartAsync("/other", HostingShape.Minimal(static app => app.MapGet("/page", static () => "ok")));

        foreach (var method in new[] { "OPTIONS", "INVENTED" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/page");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.Client.SendAsync(request)).StatusCode);
        }

        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "method=\"other\"", "status=\"405\""));
    }

    [Fact]
    public async Task Form_WithAFile_IsBound()
    {
        await using var app = await MatrixApp.StartAsync("/other", HostingShape.Minimal(
            static app => app.MapPost("/form", static (IFormFile file) => file.Length).DisableAntiforgery()));
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes("twelve bytes")), "file", "a.txt" } };

        Assert.Equal("12", await (await app.Client.PostAsync("/form", form)).Content.ReadAsStringAsync());
    }
}
