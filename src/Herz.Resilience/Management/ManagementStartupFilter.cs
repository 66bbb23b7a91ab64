using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Herz.Resilience.Management;

/// <summary>Adds the pages of all features ahead of the app's own middleware.</summary>
internal sealed class ManagementStartupFilter(AppPages app) : IStartupFilter
{
    private const string Property = "Herz.Resilience.Management";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        Place(builder);
        next(builder);

        // A path base that the app takes off is known only behind it. As a mapped endpoint would, the pages answer there too.
        builder.UseWhen(static context => context.Request.PathBase.HasValue, static branch => branch.UseMiddleware<ManagementMiddleware>());
        app.ReportMapped();
    };

    /// <summary>Adds the pages here, unless they are already in the pipeline.</summary>
    public static void Place(IApplicationBuilder builder)
    {
        if (builder.Properties.TryAdd(Property, true))
        {
            builder.UseMiddleware<ManagementMiddleware>();
        }
    }
}
