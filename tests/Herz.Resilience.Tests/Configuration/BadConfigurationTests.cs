using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.Configuration;

public sealed class BadConfigurationTests
{
    private const string Valid = """{ "Deadlines": { "Tiers": { "Api": "00:00:00.700" } } }""";

    public static TheoryData<string, string> Invalid => Mistakes.All;

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Start_WithAMistake_StopsWithItsKeyItsValueAndTheExpectedValue(string section, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new SectionSource(section)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Failures);
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Reload_WithAMistake_KeepsTheLastValidPlanAndLogsItOnce(string section, string expected)
    {
        var source = new SectionSource(Valid);
        await using var app = await StartAsync(source);

        source.Change(section);
        source.Change(section);

        var error = Assert.Single(app.Logs.Entries, entry => entry.EventId == 1101);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(700, Api(app));

        source.Change("""{ "Deadlines": { "Tiers": { "Api": "00:00:00.900" } } }""");

        Assert.Equal(900, Api(app));
        Assert.Single(app.Logs.Entries, entry => entry.EventId == 1102);
    }

    [Fact]
    public async Task Start_WithSeveralMistakes_NamesAllOfThemAtOnce()
    {
        const string section = """
            { "Mode": "on", "Deadlines": { "Tiers": { "Api": "15" } }, "Health": { "Path": "x" }, "Management": { "Port": 70000 } }
            """;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new SectionSource(section)));

        Assert.Equal(4, error.Failures.Count());
    }

    [Fact]
    public async Task Worker_WithAMistake_DoesNotStart()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Herz:Deadlines:Tiers:Api", "15")]);
        builder.UseHerzResilience();
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Herz:Deadlines:Tiers:Api is \"15\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{ "LoadShedding": { }, "Deadlines": null, "Management": { "Port": null, "AuthorizationPolicy": null } }""")]
    [InlineData("""{ "mode": "observe", "DEADLINES": { "tiers": { "API": "00:00:01" } } }""")]
    [InlineData("""{ "Deadlines": { "Mode": null, "Routes": [] }, "RateLimiting": { "Policies": {} } }""")]
    public async Task Start_WithEmptySectionsOrOtherCase_IsValid(string section)
    {
        await using var app = await StartAsync(new SectionSource(section));

        Assert.Contains(Api(app), (double[])[0, 1000]);
    }

    private static Task<TestApp> StartAsync(SectionSource source) =>
        TestApp.StartAsync(static _ => { }, build: builder => builder.Configuration.Sources.Add(source));

    private static double Api(TestApp app) => app.Services.GetRequiredService<Settings<DeadlinesOptions>>().Value.Tiers.TryGetValue("Api", out var api) ? api.TotalMilliseconds : 0;
}
