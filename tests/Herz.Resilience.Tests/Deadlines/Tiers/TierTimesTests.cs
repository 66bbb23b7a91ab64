using Herz.Resilience.Deadlines;
using Herz.Resilience.Deadlines.Tiers;

namespace Herz.Resilience.Tests.Deadlines.Tiers;

public sealed class TierTimesTests
{
    private static readonly Dictionary<string, TimeSpan> s_none = [];

    [Fact]
    public void Of_NothingConfigured_ReturnsTheDefaults() => AssertTimes(TierTimes.Of(s_none), api: 800, database: 300, cache: 100);

    [Fact]
    public void Of_TiersOfAllRoutes_ReplacesTheDefaults() =>
        AssertTimes(TierTimes.Of(Tiers(("Api", 1_000), ("Cache", 50))), api: 1_000, database: 300, cache: 50);

    [Fact]
    public void Of_TiersInAnotherCase_ReplacesTheDefaults() =>
        AssertTimes(TierTimes.Of(Tiers(("API", 1_000), ("database", 400), ("cACHE", 50))), api: 1_000, database: 400, cache: 50);

    // Validation must see the configured times to report them.
    [Fact]
    public void Of_TiersOfAllRoutesInTheWrongOrder_KeepsThem() =>
        AssertTimes(TierTimes.Of(Tiers(("Api", 200), ("Database", 900))), api: 200, database: 900, cache: 100);

    [Fact]
    public void Of_RouteWithAllTiers_UsesThem() =>
        AssertTimes(TierTimes.Of(Tiers(("Api", 1_000)), Route(api: 5_000, database: 2_000, cache: 500)), api: 5_000, database: 2_000, cache: 500);

    [Theory]
    [InlineData(5_000, 300, 100)]
    [InlineData(200, 200, 100)]
    [InlineData(60, 60, 60)]
    public void Of_RouteWithApiOnly_LimitsTheInheritedTiers(int api, int database, int cache) =>
        AssertTimes(TierTimes.Of(s_none, Route(api: api)), api, database, cache);

    [Fact]
    public void Of_RouteWithDatabaseOnly_LimitsTheInheritedCache() => AssertTimes(TierTimes.Of(s_none, Route(database: 40)), api: 800, database: 40, cache: 40);

    [Fact]
    public void Of_RouteWithCacheOnly_InheritsTheOthers() =>
        AssertTimes(TierTimes.Of(Tiers(("Api", 1_000), ("Database", 400)), Route(cache: 70)), api: 1_000, database: 400, cache: 70);

    [Fact]
    public void Of_TimeFromAnotherSource_OverridesTheRouteAndLimitsTheInheritedTiers() =>
        AssertTimes(TierTimes.Of(Tiers(("Api", 1_000)), Route(api: 5_000, cache: 70), TimeSpan.FromMilliseconds(150)), api: 150, database: 150, cache: 70);

    [Fact]
    public void Of_TimeFromAnotherSourceWithoutARoute_KeepsTheInnerTiers() =>
        AssertTimes(TierTimes.Of(s_none, api: TimeSpan.FromMilliseconds(150)), api: 150, database: 300, cache: 100);

    [Fact]
    public void Of_AppSpecificTier_IsInheritedLimitedOrReplacedByTheRoute()
    {
        var tiers = Tiers(("Search", 250));

        Assert.Equal(250, TierTimes.Of(tiers)["Search"].TotalMilliseconds);
        Assert.Equal(250, TierTimes.Of(tiers, Route(api: 5_000))["Search"].TotalMilliseconds);
        Assert.Equal(200, TierTimes.Of(tiers, Route(api: 200))["Search"].TotalMilliseconds);
        Assert.Equal(700, TierTimes.Of(tiers, Route(own: [("search", 700)]))["Search"].TotalMilliseconds);
    }

    [Fact]
    public void Of_AppSpecificTierOfTheRouteOnly_DoesNotExist() => Assert.DoesNotContain("Search", TierTimes.Of(s_none, Route(own: [("Search", 700)])).Inner.Keys);

    [Fact]
    public void Inner_Always_ContainsAllTiersExceptApi() =>
        Assert.Equal(["Cache", "Database", "Search"], TierTimes.Of(Tiers(("Api", 1_000), ("Search", 250))).Inner.Keys.Order());

    [Theory]
    [InlineData("API", 800)]
    [InlineData("api", 800)]
    [InlineData("DATABASE", 300)]
    [InlineData("cache", 100)]
    public void Indexer_InAnyCase_ReturnsTheTime(string tier, int expected) => Assert.Equal(expected, TierTimes.Of(s_none)[tier].TotalMilliseconds);

    [Theory]
    [InlineData("search")]
    [InlineData("")]
    public void Indexer_UnknownTier_ThrowsWithAllTiers(string tier)
    {
        var error = Assert.Throws<ArgumentException>(nameof(tier), () => TierTimes.Of(Tiers(("Mail", 250)))[tier]);

        Assert.StartsWith($"The tier is \"{tier}\"; expected one of Api, Cache, Database, Mail, or another key of Herz:Deadlines:Tiers.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexer_Null_Throws() => Assert.Throws<ArgumentNullException>("tier", () => TierTimes.Of(s_none)[null!]);

    [Theory]
    [InlineData(null, 300)]
    [InlineData(800, 300)]
    [InlineData(300, 300)]
    [InlineData(50, 50)]
    [InlineData(0, 0)]
    [InlineData(-20, 0)]
    public void Enter_WithRemainingTime_ReturnsTheShorterTimeButNotBelowZero(int? remaining, int expected) =>
        Assert.Equal(expected, TierTimes.Of(s_none).Enter(DeadlineTier.Database, remaining is { } left ? TimeSpan.FromMilliseconds(left) : null).TotalMilliseconds);

    [Fact]
    public void Enter_UnknownTier_Throws() => Assert.Throws<ArgumentException>("tier", () => TierTimes.Of(s_none).Enter("search", null));

    private static void AssertTimes(TierTimes times, int api, int database, int cache) => Assert.Equal(
        [api, database, cache],
        new[] { times.Api, times[DeadlineTier.Database], times[DeadlineTier.Cache] }.Select(static time => (int)time.TotalMilliseconds));

    // Case-sensitive, like a dictionary set in code.
    private static Dictionary<string, TimeSpan> Tiers(params (string Name, int Milliseconds)[] tiers) =>
        tiers.ToDictionary(static tier => tier.Name, static tier => TimeSpan.FromMilliseconds(tier.Milliseconds), StringComparer.Ordinal);

    private static RouteDeadlineOptions Route(int? api = null, int? database = null, int? cache = null, (string Name, int Milliseconds)[]? own = null) => new()
    {
        Api = Time(api),
        Database = Time(database),
        Cache = Time(cache),
        Tiers = Tiers(own ?? []),
    };

    private static TimeSpan? Time(int? milliseconds) => milliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null;
}
