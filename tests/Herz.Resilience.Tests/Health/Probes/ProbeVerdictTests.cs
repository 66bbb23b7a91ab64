using Herz.Resilience.Health;
using Herz.Resilience.Health.Probes;

namespace Herz.Resilience.Tests.Health.Probes;

public sealed class ProbeVerdictTests
{
    [Theory]
    [InlineData("", true, false, false)]
    [InlineData("db,sql", true, false, false)]
    [InlineData("ready", true, false, false)]
    [InlineData("live", false, true, false)]
    [InlineData("startup", false, false, true)]
    [InlineData("live,ready", true, true, false)]
    [InlineData("live,ready,startup", true, true, true)]
    public void Tags_SelectTheProbes(string tags, bool ready, bool live, bool startup)
    {
        var list = tags.Split(',');

        Assert.Equal(ready, ProbeVerdict.Includes(ProbeKind.Ready, list));
        Assert.Equal(live, ProbeVerdict.Includes(ProbeKind.Live, list));
        Assert.Equal(startup, ProbeVerdict.Includes(ProbeKind.Startup, list));
    }

    [Theory]
    [InlineData("", null, false, HealthImpact.Unready)]
    [InlineData("", null, true, HealthImpact.Degraded)]
    [InlineData("ready", null, true, HealthImpact.Unready)]
    [InlineData("live", null, true, HealthImpact.Unready)]
    [InlineData("", HealthImpact.Unready, true, HealthImpact.Unready)]
    [InlineData("ready", HealthImpact.Degraded, false, HealthImpact.Degraded)]
    [InlineData("", HealthImpact.Ignore, false, HealthImpact.Ignore)]
    public void Impact_IsWhatConfigurationOrTagsSay(string tags, HealthImpact? configured, bool hasPassed, HealthImpact expected) =>
        Assert.Equal(expected, ProbeVerdict.ImpactOf(tags.Split(','), configured, hasPassed));

    [Theory]
    [InlineData(LifecyclePhase.Initializing, "starting", "starting")]
    [InlineData(LifecyclePhase.Running, null, null)]
    [InlineData(LifecyclePhase.Draining, "stopping", null)]
    [InlineData(LifecyclePhase.Stopped, "stopping", null)]
    [InlineData(LifecyclePhase.Faulted, "faulted", "faulted")]
    public void Phase_FailsReadyAndStartup_AndNeverLive(LifecyclePhase phase, string? ready, string? startup)
    {
        Assert.Equal(ready, ProbeVerdict.Reason(ProbeKind.Ready, phase, isStalled: true));
        Assert.Equal(startup, ProbeVerdict.Reason(ProbeKind.Startup, phase, isStalled: true));
        Assert.Null(ProbeVerdict.Reason(ProbeKind.Live, phase, isStalled: false));
        Assert.Equal("stalled", ProbeVerdict.Reason(ProbeKind.Live, phase, isStalled: true));
    }

    [Fact]
    public void Status_IsTheWorstThatItsImpactAllows()
    {
        Assert.Equal(ProbeStatus.Healthy, ProbeVerdict.Of([]));
        Assert.Equal(ProbeStatus.Healthy, ProbeVerdict.Of([(CheckStatus.Unhealthy, HealthImpact.Ignore), (CheckStatus.Healthy, HealthImpact.Unready)]));
        Assert.Equal(ProbeStatus.Degraded, ProbeVerdict.Of([(CheckStatus.Unhealthy, HealthImpact.Degraded), (CheckStatus.Healthy, HealthImpact.Unready)]));
        Assert.Equal(ProbeStatus.Degraded, ProbeVerdict.Of([(CheckStatus.Degraded, HealthImpact.Unready)]));
        Assert.Equal(ProbeStatus.Unhealthy, ProbeVerdict.Of([(CheckStatus.Pending, HealthImpact.Unready)]));
        Assert.Equal(ProbeStatus.Unhealthy, ProbeVerdict.Of([(CheckStatus.Unhealthy, HealthImpact.Unready), (CheckStatus.Degraded, HealthImpact.Degraded)]));
    }
}
