using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.RateLimiting;

/// <summary>
/// Before routing the peer pays, with any headers. This is corrected later for an exempt endpoint, a proxy's client or a
/// file.
/// </summary>
public sealed class ArrivalTests
{
    private const int Guesses = 300;
    private readonly FakeTimeProvider _time = new();
    private int _authenticated;

    public static TheoryData<string> Headers => ["none", "X-Forwarded-For", "Forwarded", "X-Real-IP"];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Guesses_AtAProtectedEndpoint_AreRefusedBeforeAuthentication(string header)
    {
        await using var app = await StartAsync(web =>
        {
            UseFakeAuthentication(web);
            web.UseRouting();
            web.MapGet("/account", static () => "secret");
            web.MapGet("/open", static () => "ok").DisableRateLimiting();
        });

        for (var guess = 0; guess < Guesses; guess++)
        {
            await SendAsync(app, "/account", header == "none" ? null : header, $"10.0.{guess / 250}.{guess % 250}");
        }

        Assert.Equal(5, _authenticated);
    }

    [Theory]
    [InlineData("/open")]
    [InlineData("/open/7")]
    [InlineData("/base/open")]
    [InlineData("/health")]
    public async Task ExemptEndpoint_OfAClientWithoutPermits_IsServed(string path)
    {
        await using var app = await StartAsync(static web =>
        {
            web.UsePathBase("/base");
            web.UseRouting();
            web.MapGet("/account", static () => "secret");
            web.MapGet("/open", static () => "ok").DisableRateLimiting();
            web.MapGet("/open/{id}", static () => "ok").DisableHerzRateLimiting();
            web.MapHealthChecks("/health");
        }, build: static builder => builder.Services.AddHealthChecks());
        for (var request = 0; request < 10; request++)
        {
            await app.StatusAsync("/base/account");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/account"));
        for (var request = 0; request < 50; request++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync(path));
        }
    }

    [Fact]
    public async Task ExemptEndpoint_CalledOften_TakesNoPermits()
    {
        await using var app = await StartAsync(static web =>
        {
            web.MapGet("/account", static () => "secret");
            web.MapGet("/open", static () => "ok").DisableRateLimiting();
        });

        for (var request = 0; request < 50; request++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/open"));
        }

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/account"));
    }

    [Theory]
    [InlineData("options")]
    [InlineData("inline")]
    [InlineData("own")]
    public async Task ClientsOfAProxy_WithProcessedHeaders_HaveSeparateBuckets(string processing)
    {
        await using var app = await StartAsync(
            web =>
            {
                _ = processing switch
                {
                    "options" => web.UseForwardedHeaders(),
                    "inline" => web.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor }),
                    _ => web.Use(static (context, next) =>
                    {
                        context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers["X-Forwarded-For"]!);
                        return next(context);
                    }),
                };
                web.UseRouting();
                web.MapGet("/account", static () => "secret");
            },
            build: builder => builder.Services.Configure<ForwardedHeadersOptions>(options =>
                options.ForwardedHeaders = processing == "options" ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None));

        for (var client = 0; client < 100; client++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(app, "/account", "X-Forwarded-For", $"10.1.0.{client}"));
        }

        for (var request = 0; request < 4; request++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(app, "/account", "X-Forwarded-For", "10.1.0.7"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(app, "/account", "X-Forwarded-For", "10.1.0.7"));
    }

    [Fact]
    public async Task ClientsBehindAProxy_WithUnprocessedHeaders_ShareABucket_AndALogEntryExplainsItOnce()
    {
        await using var app = await StartAsync(static web => web.MapGet("/account", static () => "secret"));

        for (var client = 0; client < 20; client++)
        {
            Assert.Equal(client < 5 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, await SendAsync(app, "/account", "X-Forwarded-For", $"10.1.0.{client}"));
        }

        Assert.Single(app.Logs.Entries, static entry => entry.Message.Contains("KnownProxies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientsBehindOneAddress_InDefaultConfiguration_AreAllServed(bool isForwarded)
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/account", static () => "secret"), time: _time);

        for (var client = 0; client < 600; client++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(app, "/account", isForwarded ? "X-Forwarded-For" : null, $"10.1.{client / 250}.{client % 250}"));
        }
    }

    [Fact]
    public async Task Policy_NamedByAnEndpointAndWithoutRoutes_LimitsOnlyThatEndpoint()
    {
        await using var app = await TestApp.StartAsync(
            static web =>
            {
                web.MapPost("/login", static () => "in").RequireHerzRateLimit("login");
                web.MapGet("/orders", static () => "orders");
            },
            new() { ["RateLimiting:Policies:login:PermitsPerSecond"] = "0.1", ["RateLimiting:Policies:login:Burst"] = "2" },
            _time);

        for (var request = 0; request < 20; request++)
        {
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders"));
            using var login = await app.Client.PostAsync("/login", null);
            Assert.Equal(request < 2 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, login.StatusCode);
        }
    }

    [Fact]
    public async Task Page_WithHundredsOfFiles_TakesNoPermits()
    {
        var root = Directory.CreateTempSubdirectory("herz-files-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(root.FullName, "app.css"), "a{}");
            await using var app = await StartAsync(
                static web =>
                {
                    web.UseStaticFiles();
                    web.UseRouting();
                    web.MapGet("/account", static () => "secret");
                },
                build: builder => builder.Environment.WebRootFileProvider = new PhysicalFileProvider(root.FullName));

            var files = await Task.WhenAll(Enumerable.Range(0, 350).Select(_ => app.StatusAsync("/app.css")));

            Assert.All(files, static status => Assert.Equal(HttpStatusCode.OK, status));
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/account"));
            for (var request = 0; request < 10; request++)
            {
                await app.StatusAsync("/nothing.css");
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, await app.StatusAsync("/nothing.css"));
            Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/app.css"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Preflights_AreNeverRefused()
    {
        await using var app = await StartAsync(
            static web =>
            {
                web.UseCors(static policy => policy.WithOrigins("https://shop.example").WithMethods("PUT"));
                web.MapPut("/orders", static () => "ok");
            },
            build: static builder => builder.Services.AddCors());

        for (var request = 0; request < 50; request++)
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/orders");
            preflight.Headers.Add("Origin", "https://shop.example");
            preflight.Headers.Add("Access-Control-Request-Method", "PUT");
            using var answer = await app.Client.SendAsync(preflight);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.Client.PutAsync("/orders", null)).StatusCode);
    }

    [Fact]
    public async Task PreflightLikeRequests_ToAnAppWithoutCors_AreCounted()
    {
        await using var app = await StartAsync(static web => web.MapPut("/orders", static () => "ok"));

        HttpStatusCode last = default;
        for (var request = 0; request < 10; request++)
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/orders");
            preflight.Headers.Add("Origin", "https://shop.example");
            preflight.Headers.Add("Access-Control-Request-Method", "PUT");
            last = (await app.Client.SendAsync(preflight)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    private void UseFakeAuthentication(WebApplication web) => web.Use((context, next) =>
    {
        Interlocked.Increment(ref _authenticated);
        return next(context);
    });

    private static async Task<HttpStatusCode> SendAsync(TestApp app, string path, string? header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, header == "Forwarded" ? $"for={value}" : value);
        }

        using var answer = await app.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<TestApp> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? build = null) => TestApp.StartAsync(
        map,
        new() { ["RateLimiting:Policies:default:PermitsPerSecond"] = "0.01", ["RateLimiting:Policies:default:Burst"] = "5" },
        _time,
        build);
}
