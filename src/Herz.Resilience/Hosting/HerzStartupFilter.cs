using Herz.Resilience.Configuration;
using Herz.Resilience.Management;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Hosting;

/// <summary>Places the management pages and the guards before everything that the app itself places.</summary>
internal sealed class HerzStartupFilter(PlanMonitor plan) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<ManagementMiddleware>();
        GuardPlacement.Use(app, null, nameof(HerzHostingExtensions.UseHerzResilience), "UseHerzResilience()");
        next(app);
        plan.CheckAgainstApp();
    };
}
