using Herz.Resilience.Configuration;
using Herz.Resilience.Health.Checks;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Health;

/// <summary>One probe at the path that the Kubernetes API server uses for it.</summary>
internal abstract class AliasPage(ProbeKind kind, string path, HealthProbe probe, HealthMonitor monitor, Settings<HealthOptions> settings) : ManagementPage
{
    public override PageExposure Exposure => PageExposure.Everywhere;

    public override string? Path => settings.Value.Aliases ? path : null;

    public override string Title => "health probe";

    public override string PathKey => "Herz:Health:Aliases";

    public override bool IsSameKind(PageAnswer answer) => HealthAnswer.Is(answer.Status, answer.ContentType, answer.Body.Span);

    public override Task AnswerAsync(HttpContext context) => HealthPage.AnswerAsync(context, probe, monitor, kind);
}

internal sealed class LivePage(HealthProbe probe, HealthMonitor monitor, Settings<HealthOptions> settings)
    : AliasPage(ProbeKind.Live, "/livez", probe, monitor, settings);

internal sealed class ReadyPage(HealthProbe probe, HealthMonitor monitor, Settings<HealthOptions> settings)
    : AliasPage(ProbeKind.Ready, "/readyz", probe, monitor, settings);

internal sealed class StartupPage(HealthProbe probe, HealthMonitor monitor, Settings<HealthOptions> settings)
    : AliasPage(ProbeKind.Startup, "/startupz", probe, monitor, settings);
