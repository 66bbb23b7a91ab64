using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Herz.Resilience.Hosting;

/// <summary>Compares the configuration with the app when its pipeline is built, for any feature. A mistake stops the start.</summary>
internal sealed class PlanStartupFilter(PlanMonitor plan) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        plan.CheckAgainstApp();
    };
}
