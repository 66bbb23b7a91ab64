using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.Configuration;

public sealed class ConfigureLambdaTests
{
    private static readonly Dictionary<string, (Action<HerzOptions> Configure, string Expected)> s_mistakes = new()
    {
        ["mode"] = (static herz => herz.Mode = (EnforcementMode)9, "Herz:Mode is 9; expected one of Enforce, Observe, Off"),
        ["capture"] = (static herz => herz.LeakWatchdog.Capture = (CaptureMode)7, "Herz:LeakWatchdog:Capture is 7; expected one of Auto, OnDemand, Off"),
        ["feature mode"] = (static herz => herz.RateLimiting.Mode = (EnforcementMode)9, "Herz:RateLimiting:Mode is 9; expected one of"),
        ["null deadlines"] = (static herz => herz.Deadlines = null!, "Herz:Deadlines is null; expected an object"),
        ["null limits"] = (static herz => herz.RateLimiting = null!, "Herz:RateLimiting is null; expected an object"),
        ["null shedding"] = (static herz => herz.LoadShedding = null!, "Herz:LoadShedding is null; expected an object"),
        ["null breaker"] = (static herz => herz.CircuitBreaking = null!, "Herz:CircuitBreaking is null; expected an object"),
        ["null outbound"] = (static herz => herz.Outbound = null!, "Herz:Outbound is null; expected an object"),
        ["null clients"] = (static herz => herz.Outbound.Clients = null!, "Herz:Outbound:Clients is null; expected an object"),
        ["null client"] = (static herz => herz.Outbound.Clients["stock"] = null!, "Herz:Outbound:Clients:stock is null; expected an object"),
        ["null health"] = (static herz => herz.Health = null!, "Herz:Health is null; expected an object"),
        ["null background work"] = (static herz => herz.BackgroundWork = null!, "Herz:BackgroundWork is null; expected an object"),
        ["null watchdog"] = (static herz => herz.LeakWatchdog = null!, "Herz:LeakWatchdog is null; expected an object"),
        ["null metrics"] = (static herz => herz.Metrics = null!, "Herz:Metrics is null; expected an object"),
        ["null management"] = (static herz => herz.Management = null!, "Herz:Management is null; expected an object"),
        ["null tiers"] = (static herz => herz.Deadlines.Tiers = null!, "Herz:Deadlines:Tiers is null; expected an object"),
        ["null routes"] = (static herz => herz.Deadlines.Routes = null!, "Herz:Deadlines:Routes is null; expected a list"),
        ["null route"] = (static herz => herz.Deadlines.Routes.Add(null!), "Herz:Deadlines:Routes:0 is null; expected an object"),
        ["null circuits"] = (static herz => herz.CircuitBreaking.Routes = null!, "Herz:CircuitBreaking:Routes is null; expected a list"),
        ["null circuit"] = (static herz => herz.CircuitBreaking.Routes.Add(null!), "Herz:CircuitBreaking:Routes:0 is null; expected an object"),
        ["null policies"] = (static herz => herz.RateLimiting.Policies = null!, "Herz:RateLimiting:Policies is null; expected an object"),
        ["null policy"] = (static herz => herz.RateLimiting.Policies["x"] = null!, "Herz:RateLimiting:Policies:x is null; expected an object"),
        ["null policy routes"] = (static herz => herz.RateLimiting.Policies["x"] = new() { Routes = null! }, "Herz:RateLimiting:Policies:x:Routes is null; expected a list"),
        ["null policy route"] = (static herz => herz.RateLimiting.Policies["x"] = new() { Routes = [null!] }, "Herz:RateLimiting:Policies:x:Routes:0 is null; expected the route's pattern"),
        ["null overrides"] = (static herz => herz.RateLimiting.Policies["x"] = new() { Overrides = null! }, "Herz:RateLimiting:Policies:x:Overrides is null; expected a list"),
        ["null override"] = (static herz => herz.RateLimiting.Policies["x"] = new() { Overrides = [null!] }, "Herz:RateLimiting:Policies:x:Overrides:0 is null; expected an object"),
        ["null priorities"] = (static herz => herz.LoadShedding.Routes = null!, "Herz:LoadShedding:Routes is null; expected a list"),
        ["null priority"] = (static herz => herz.LoadShedding.Routes.Add(null!), "Herz:LoadShedding:Routes:0 is null; expected an object"),
        ["partition"] = (static herz => herz.RateLimiting.Policies["x"] = new() { PartitionBy = (PartitionBy)77 }, "Herz:RateLimiting:Policies:x:PartitionBy is 77; expected one of"),
        ["endless time"] = (static herz => herz.Deadlines.Tiers["Api"] = Timeout.InfiniteTimeSpan, "Herz:Deadlines:Tiers:Api is -00:00:00.0010000; expected a time above"),
        ["NaN"] = (static herz => herz.RateLimiting.Policies["x"] = new() { PermitsPerSecond = double.NaN }, "Herz:RateLimiting:Policies:x:PermitsPerSecond is NaN; expected a number above 0"),
        ["empty path"] = (static herz => herz.Metrics.Path = "", "Herz:Metrics:Path is \"\"; expected a path"),
    };

    public static TheoryData<string> Names => [.. s_mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Lambda_WithAMistake_StopsTheStart(string name)
    {
        var (configure, expected) = s_mistakes[name];

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(static _ => { }, build: builder => builder.UseHerzResilience(configure)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lambda_ThatThrowsOnReload_KeepsTheLastValidPlan()
    {
        var source = new SectionSource("{}");
        var fails = false;
        await using var app = await TestApp.StartAsync(static _ => { }, build: builder =>
        {
            builder.Configuration.Sources.Add(source);
            builder.UseHerzResilience(_ =>
            {
                if (fails)
                {
                    throw new InvalidOperationException("no such tenant");
                }
            });
        });

        fails = true;
        source.Change("""{ "Deadlines": { "Tiers": { "Api": "00:00:02" } } }""");

        Assert.Contains("no such tenant", Assert.Single(app.Logs.Entries, entry => entry.EventId == 1101).Message, StringComparison.Ordinal);
        Assert.Empty(app.Services.GetRequiredService<Settings<DeadlinesOptions>>().Value.Tiers);
    }

    [Fact]
    public async Task Lambda_RunsAfterTheSection()
    {
        await using var app = await TestApp.StartAsync(
            static _ => { },
            new() { ["Deadlines:Tiers:Api"] = "00:00:02" },
            build: static builder => builder.UseHerzResilience(static herz => herz.Deadlines.Tiers["Api"] *= 2));

        Assert.Equal(TimeSpan.FromSeconds(4), app.Services.GetRequiredService<Settings<DeadlinesOptions>>().Value.Tiers["API"]);
    }
}
