using Herz.Resilience.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Tests.Health;

public sealed class ProbeVerdictTests
{
    [Theory]
    [InlineData(nameof(ProbeKind.Live), "", false)]
    [InlineData(nameof(ProbeKind.Live), "live", true)]
    [InlineData(nameof(ProbeKind.Live), "startup", false)]
    [InlineData(nameof(ProbeKind.Live), "ready", false)]
    [InlineData(nameof(ProbeKind.Startup), "", false)]
    [InlineData(nameof(ProbeKind.Startup), "live", false)]
    [InlineData(nameof(ProbeKind.Startup), "startup", true)]
    [InlineData(nameof(ProbeKind.Startup), "live,startup", true)]
    [InlineData(nameof(ProbeKind.Ready), "", true)]
    [InlineData(nameof(ProbeKind.Ready), "live", false)]
    [InlineData(nameof(ProbeKind.Ready), "startup", true)]
    [InlineData(nameof(ProbeKind.Ready), "live,startup", false)]
    [InlineData(nameof(ProbeKind.Ready), "database,slow", true)]
    public void Includes_ACheck_ByItsTags(string kind, string tags, bool expected) =>
        Assert.Equal(expected, ProbeVerdict.Includes(Enum.Parse<ProbeKind>(kind), tags.Split(',', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData(nameof(ProbeKind.Live), nameof(LifecyclePhase.Starting), null)]
    [InlineData(nameof(ProbeKind.Live), nameof(LifecyclePhase.Running), null)]
    [InlineData(nameof(ProbeKind.Live), nameof(LifecyclePhase.Stopping), null)]
    [InlineData(nameof(ProbeKind.Startup), nameof(LifecyclePhase.Starting), "starting")]
    [InlineData(nameof(ProbeKind.Startup), nameof(LifecyclePhase.Running), null)]
    [InlineData(nameof(ProbeKind.Startup), nameof(LifecyclePhase.Stopping), null)]
    [InlineData(nameof(ProbeKind.Ready), nameof(LifecyclePhase.Starting), "starting")]
    [InlineData(nameof(ProbeKind.Ready), nameof(LifecyclePhase.Running), null)]
    [InlineData(nameof(ProbeKind.Ready), nameof(LifecyclePhase.Stopping), "stopping")]
    public void Reason_DependsOnTheProbeAndThePhase(string kind, string phase, string? expected) =>
        Assert.Equal(expected, ProbeVerdict.Reason(Enum.Parse<ProbeKind>(kind), Enum.Parse<LifecyclePhase>(phase)));

    [Theory]
    [InlineData(HealthStatus.Healthy, true)]
    [InlineData(HealthStatus.Degraded, true)]
    [InlineData(HealthStatus.Unhealthy, false)]
    public void Passes_UnlessUnhealthy(HealthStatus status, bool expected) => Assert.Equal(expected, ProbeVerdict.Passes(status));
}
