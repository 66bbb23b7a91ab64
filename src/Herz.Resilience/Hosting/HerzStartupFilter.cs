using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Herz.Resilience.Hosting;

/// <summary>Places the guards before everything that the app itself places.</summary>
internal sealed class HerzStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        GuardPlacement.Use(app, null, nameof(HerzApplicationBuilderExtensions.UseHerzResilience), "UseHerzResilience()");
        next(app);
    };
}
