using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// Adds the one middleware. Several <c>UseHerz…</c> calls on one builder add one middleware with several guards, at the position
/// of the first call.
/// </summary>
internal sealed class GuardPlacement
{
    private const string Property = "Herz.Resilience.Guards";
    private readonly IApplicationBuilder _app;
    private readonly HashSet<GuardPlace> _places = [];
    private bool _all;

    private GuardPlacement(IApplicationBuilder app) => _app = app;

    public static IApplicationBuilder Use(IApplicationBuilder app, GuardPlace? place, string call, string registration)
    {
        ArgumentNullException.ThrowIfNull(app);
        var factory = app.ApplicationServices.GetService<GuardPipelineFactory>();
        if (factory is null || (place is not null && !app.ApplicationServices.GetServices<RequestGuard>().Any(guard => guard.Place == place)))
        {
            throw new InvalidOperationException($"{call} cannot find its services. Call builder.{registration} before the app is built.");
        }

        var placement = app.Properties.TryGetValue(Property, out var placed) ? (GuardPlacement)placed! : null;
        if (placement is null)
        {
            app.Properties[Property] = placement = new GuardPlacement(app);
            placement.AddMiddleware(factory);
        }
        else if (placement._app != app && !placement.Has(place))
        {
            throw new InvalidOperationException($"{call} was called in a branch of an app that already has Herz guards. Call it on the app, next to the other guards, and limit its routes in the configuration.");
        }

        placement.Add(place);
        return app;
    }

    private bool Has(GuardPlace? place) => _all || (place is { } one && _places.Contains(one));

    private void Add(GuardPlace? place)
    {
        if (place is not { } one)
        {
            _all = true;
        }
        else
        {
            _places.Add(one);
        }
    }

    // The delegate runs when the app's pipeline is built, which is after every call on this builder.
    private void AddMiddleware(GuardPipelineFactory factory) => _app.Use(next =>
    {
        var pipeline = factory.Create(_all ? null : _places);
        return ActivatorUtilities.CreateInstance<HerzMiddleware>(_app.ApplicationServices, next, pipeline).InvokeAsync;
    });
}

/// <summary>Adds all guards before any middleware of the app.</summary>
internal sealed class GuardStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        GuardPlacement.Use(app, null, "UseHerzResilience", "UseHerzResilience()");
        next(app);
    };
}
