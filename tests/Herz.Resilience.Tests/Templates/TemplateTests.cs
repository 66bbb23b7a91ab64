using System.IO.Compression;
using System.Net;
using Herz.Resilience.Tests.Samples;

namespace Herz.Resilience.Tests.Templates;

public sealed class TemplateTests(TemplateApps apps) : IClassFixture<TemplateApps>
{
    [Theory]
    [InlineData("web", "/", "1.1")]
    [InlineData("webapi", "/weatherforecast", "1.1")]
    [InlineData("mvc", "/", "1.1")]
    [InlineData("webapp", "/", "1.1")]
    [InlineData("grpc", "/", "2.0")]
    public async Task WebTemplate_WithTheOneLine_AnswersItsPageAndTheProbe(string template, string page, string version)
    {
        await using var app = await StartAsync(template);
        using var client = new HttpClient
        {
            BaseAddress = new Uri(app.Address),
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz?probe=ready")).StatusCode);
        Assert.Contains("herz_request_duration_seconds_count", await client.GetStringAsync("/metrics"));
        Assert.Equal(0, await app.TerminateAsync());
    }

    [Fact]
    public async Task WorkerTemplate_WithTheOneLine_StartsAndStops()
    {
        await using var app = await StartAsync("worker");

        Assert.Equal(0, await app.TerminateAsync());
    }

    [Fact]
    public async Task TrimmedApp_StartsAndReadsItsOptionsAndRefuses()
    {
        var (published, output) = await apps.PublishAsync("web", "trimmed", "--self-contained", "-p:PublishTrimmed=true");
        Assert.True(published, output);
        await using var app = await AppProcess.StartAsync(Path.Combine(apps.PathOf("web"), "trimmed"), TemplateApps.NameOf("web"), new()
        {
            ["Herz__RateLimiting__Policies__all__PermitsPerSecond"] = "0.001",
            ["Herz__RateLimiting__Policies__all__Burst"] = "1",
            ["Herz__RateLimiting__Policies__all__Overrides__0__Key"] = "10.0.0.1",
            ["Herz__RateLimiting__Policies__all__Overrides__0__PermitsPerSecond"] = "5",
            ["Herz__Deadlines__Routes__0__Pattern"] = "/",
            ["Herz__Deadlines__Routes__0__Api"] = "00:00:05",
            ["Herz__Outbound__Clients__stock__CancelForgotten"] = "true",
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Address) };

        Assert.Equal("Hello World!", await client.GetStringAsync("/"));
        using var refused = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("\"violated-policies\":[\"all\"]", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz?probe=ready")).StatusCode);
        Assert.Contains("herz_request_duration_seconds_count", await client.GetStringAsync("/metrics"));
        Assert.Equal(0, await app.TerminateAsync());
    }

    [Fact]
    public async Task NativeAotApp_FailsToBuild()
    {
        var (published, output) = await apps.PublishAsync("worker", "native", "-p:PublishAot=true");

        Assert.False(published);
        Assert.Contains("HERZ0001: Herz.Resilience does not support Native AOT", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Herz.Resilience", "ConfigurationSchema.json", "buildTransitive/Herz.Resilience.targets")]
    [InlineData("Herz.Resilience.PendingWork")]
    public void Package_HasItsReadmeLicenceAndSymbols(string id, params string[] more)
    {
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(apps.Feed, $"{id}.0*.nupkg")));

        Assert.Superset(
            new HashSet<string>(["README.md", "LICENSE", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", .. more]),
            package.Entries.Select(entry => entry.FullName).ToHashSet());
        using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(apps.Feed, $"{id}.0*.snupkg")));
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{id}.pdb");
    }

    private Task<AppProcess> StartAsync(string template) =>
        AppProcess.StartAsync(apps.PathOf(template), $"bin/Debug/net10.0/{TemplateApps.NameOf(template)}.dll");
}
