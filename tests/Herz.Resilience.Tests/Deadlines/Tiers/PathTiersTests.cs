using Herz.Resilience.Deadlines;
using Herz.Resilience.Deadlines.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines.Tiers;

public sealed class PathTiersTests
{
    [Theory]
    [InlineData("/signin-oidc", "/signin-oidc")]
    [InlineData("/signin-oidc", "/Signin-OIDC")]
    [InlineData("/signin-oidc", "/signin-oidc/")]
    [InlineData("/", "/")]
    [InlineData("/files/{**path}", "/files/a/b.css")]
    [InlineData("/files/{**path}", "/files")]
    [InlineData("/tenants/{id:int}/callback", "/tenants/7/callback")]
    [InlineData("/{culture?}", "/")]
    public void Find_MatchingPath_ReturnsItsTier(string pattern, string path) => Assert.NotNull(Make(pattern).Find(path));

    [Theory]
    [InlineData("/signin-oidc", "/signin-oidc/more")]
    [InlineData("/signin-oidc", "/signin")]
    [InlineData("/signin-oidc", "")]
    [InlineData("/files/{**path}", "/file")]
    [InlineData("/tenants/{id:int}/callback", "/tenants/seven/callback")]
    public void Find_OtherPath_ReturnsNull(string pattern, string path) => Assert.Null(Make(pattern).Find(path));

    [Fact]
    public void Find_SeveralMatches_ReturnsTheMostSpecific()
    {
        var tiers = Make("/{**all}", "/files/{name}", "/files/a");

        Assert.Equal("/files/a", tiers.Find("/files/a")?.State.Label);
        Assert.Equal("/files/{name}", tiers.Find("/files/b")?.State.Label);
        Assert.Equal("/{**all}", tiers.Find("/other")?.State.Label);
    }

    private static PathTiers Make(params string[] patterns)
    {
        var services = new ServiceCollection().AddLogging().AddRouting().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var plan = new DeadlinePlan(new DeadlinesOptions(), EnforcementMode.Enforce);
        return new PathTiers(
            patterns.Select(pattern => KeyValuePair.Create(pattern, new RouteTier(plan, plan.Default, TierSource.Configured, 1, new RouteState(pattern, pattern, time)))),
            services.GetRequiredService<ParameterPolicyFactory>());
    }
}
