using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.StaticAssets;

namespace Herz.Resilience.Tests.Pipeline.Endpoints;

/// <summary>Each endpoint has a unique name and keeps it.</summary>
public sealed class EndpointNamesTests
{
    [Fact]
    public async Task Endpoints_OfOnePatternOnTwoHosts_AreDistinguished()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.MapGet("/orders/{id}", static IResult () => throw new InvalidOperationException("down")).RequireHost("a.example");
            web.MapGet("/orders/{id}", static () => "fine").RequireHost("b.example");
        });

        for (var request = 0; request < 60; request++)
        {
            Assert.NotEqual(200, await StatusAsync(app, "a.example"));
            Assert.Equal(200, await StatusAsync(app, "b.example"));
        }

        Assert.Equal(60, await Scrape.RequestsAsync(app.Client, "route=\"/orders/{id} (a.example)\""));
        Assert.Equal(60, await Scrape.RequestsAsync(app.Client, "route=\"/orders/{id} (b.example)\"", "outcome=\"ok\""));
    }

    [Fact]
    public async Task Of_EndpointsOfOnePattern_DiffersByTheirDistinction()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            web.MapGet("/plain", Nothing);
            for (var number = 1; number <= 2; number++)
            {
                var version = $"v{number}";
                web.MapGet("/version", Nothing).WithDisplayName(version);
                web.MapPost("/type", Nothing).WithMetadata(version);
            }

            web.Map("/any", Nothing);
        });
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var names = new EndpointNames(app.Services);

        var keys = endpoints.Select(endpoint => names.Of(endpoint).Key).ToList();

        Assert.Equal(["* /any", "GET /plain", "GET /version [v1]", "GET /version [v2]", "POST /type [#1]", "POST /type [#2]"], keys.Order(StringComparer.Ordinal));
        Assert.Equal(keys, endpoints.Select(endpoint => new EndpointNames(app.Services).Of(endpoint).Key));
        Assert.All(endpoints, endpoint => Assert.DoesNotContain("[", names.Of(endpoint).Route, StringComparison.Ordinal));
    }

    [Fact]
    public async Task StaticAssets_ShareOneNameAndHaveNoStateOfTheirOwn()
    {
        await using var app = await TestApp.StartAsync(static web =>
        {
            for (var file = 0; file < 50; file++)
            {
                web.MapGet($"/app.{file}.css", static () => "a{}").WithMetadata(new StaticAssetDescriptor { Route = $"app.{file}.css", AssetPath = "app.css" });
            }
        });

        for (var file = 0; file < 50; file++)
        {
            Assert.Equal(200, (int)await app.StatusAsync($"/app.{file}.css"));
        }

        var metrics = await app.Client.GetStringAsync("/metrics");
        Assert.Equal(50, await Scrape.RequestsAsync(app.Client, "route=\"static assets\""));
        Assert.DoesNotContain(".css", metrics, StringComparison.Ordinal);
    }

    private static void Nothing()
    {
    }

    private static async Task<int> StatusAsync(TestApp app, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/1");
        request.Headers.Host = host;
        using var answer = await app.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
