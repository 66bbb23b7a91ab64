using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Herz.Resilience.Management;

/// <summary>Places the pages before everything that the app itself places, whichever feature brought them.</summary>
internal sealed class ManagementStartupFilter(AppPages app) : IStartupFilter
{
    private const string Property = "Herz.Resilience.Management";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        Place(builder);
        next(builder);
        app.ReportMapped();
    };

    /// <summary>Places them here, unless they are placed already.</summary>
    public static void Place(IApplicationBuilder builder)
    {
        if (builder.Properties.TryAdd(Property, true))
        {
            builder.UseMiddleware<ManagementMiddleware>();
        }
    }
}
