using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Places the one middleware. Several <c>UseHerz…</c> calls on one builder make one middleware with several guards,
/// at the place of the first.
/// </summary>
internal sealed class GuardPlacement
{
    private const string Property = "Herz.Resilience.Guards";
    private readonly IApplicationBuilder _app;
    private readonly HashSet<string> _names = [];
    private bool _all;

    private GuardPlacement(IApplicationBuilder app) => _app = app;

    public static void Use(IApplicationBuilder app, string? name, string call, string registration)
    {
        ArgumentNullException.ThrowIfNull(app);
        var factory = app.ApplicationServices.GetService<GuardPipelineFactory>();
        if (factory is null || (name is not null && !app.ApplicationServices.GetServices<RequestGuard>().Any(guard => guard.Name == name)))
        {
            throw new InvalidOperationException($"{call} finds none of its services. Add builder.{registration} before the app is built.");
        }

        var placement = app.Properties.TryGetValue(Property, out var placed) ? (GuardPlacement)placed! : null;
        if (placement is null)
        {
            app.Properties[Property] = placement = new GuardPlacement(app);
            placement.Place(factory);
        }
        else if (placement._app != app && !placement.Has(name))
        {
            throw new InvalidOperationException($"{call} stands in a branch of a pipeline that has Herz guards already. Call it on the app, beside the others; its routes can be limited in the configuration.");
        }

        placement.Add(name);
    }

    private bool Has(string? name) => _all || (name is not null && _names.Contains(name));

    private void Add(string? name)
    {
        if (name is null)
        {
            _all = true;
        }
        else
        {
            _names.Add(name);
        }
    }

    // Runs when the app's pipeline is built, so after every call on this builder.
    private void Place(GuardPipelineFactory factory) => _app.Use(next =>
    {
        var pipeline = factory.Create(_all ? null : _names);
        return ActivatorUtilities.CreateInstance<HerzMiddleware>(_app.ApplicationServices, next, pipeline).InvokeAsync;
    });
}
