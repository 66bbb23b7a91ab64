using System.Net;
using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Metrics;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.Configuration;

public sealed class ConfigurationReloadTests
{
    private const string Limit = """
        "Policies": { "all": { "PermitsPerSecond": 0.001, "Burst": 2, "PartitionBy": "Global" } }
        """;

    [Fact]
    public async Task Reload_ValidOrInvalid_KeepsTheLevelOfEveryBucket()
    {
        var source = new SectionSource($$"""{ "RateLimiting": { {{Limit}} } }""");
        await using var app = await StartAsync(source);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/")).StatusCode);

        source.Change($$"""{ "RateLimiting": { {{Limit}} }, "Health": { "Path": "" } }""");
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/")).StatusCode);
        source.Change($$"""{ "RateLimiting": { {{Limit}} }, "Deadlines": { "Tiers": { "Api": "00:00:09" } } }""");

        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Reload_WithTwoDifferentMistakes_LogsEach()
    {
        var source = new SectionSource("{}");
        await using var app = await StartAsync(source);

        source.Change("""{ "Mode": "x" }""");
        source.Change("""{ "Mode": "y" }""");
        source.Change("{}");
        source.Change("{}");

        Assert.Equal(2, app.Logs.Entries.Count(entry => entry.EventId == 1101));
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 1102);
    }

    [Fact]
    public async Task Reload_ThatAFeatureCannotApply_LeavesEveryFeatureWithTheLastValidPlan()
    {
        var source = new SectionSource("{}");
        await using var app = await StartAsync(source);
        var refuses = false;
        var deadlines = app.Services.GetRequiredService<Settings<DeadlinesOptions>>();
        app.Services.GetRequiredService<Settings<MetricsOptions>>().Follow((_, _) =>
        {
            if (refuses)
            {
                refuses = false;
                throw new InvalidOperationException("not this one");
            }
        });

        refuses = true;
        source.Change("""{ "Mode": "Observe", "Deadlines": { "Tiers": { "Api": "00:00:02" } } }""");

        Assert.Contains("not this one", Assert.Single(app.Logs.Entries, entry => entry.EventId == 1101).Message, StringComparison.Ordinal);
        Assert.Equal((null, EnforcementMode.Enforce), (deadlines.Value.Tiers.TryGetValue("Api", out var api) ? api : (TimeSpan?)null, deadlines.Mode));
    }

    private static Task<TestApp> StartAsync(SectionSource source) =>
        TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), build: builder => builder.Configuration.Sources.Add(source));
}
