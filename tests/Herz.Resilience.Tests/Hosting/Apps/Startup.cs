namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>An app in the style before minimal hosting.</summary>
internal sealed class Startup(IConfiguration configuration)
{
    public void ConfigureServices(IServiceCollection services)
    {
        services.AddRouting();
        services.Configure<RouteOptions>(configuration.GetSection("Routing"));
    }

    public void Configure(IApplicationBuilder app)
    {
        app.UsePathBase(configuration["PathBase"]);
        app.UseRouting();
        app.UseEndpoints(static routes => routes.MapGet("/orders/{id}", static (HttpContext context, Gate gate) => gate.AnswerAsync(context)));
    }
}
