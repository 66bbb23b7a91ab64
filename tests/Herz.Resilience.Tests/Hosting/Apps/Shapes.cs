using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>The hosting matrix: each shape with the route that has its own policy, and a path to it.</summary>
internal static class Shapes
{
    private const string Orders = "/orders/{id}";

    private static readonly Delegate s_answer = static (HttpContext context, Gate gate) => gate.AnswerAsync(context);

    public static IReadOnlyDictionary<string, (HostingShape Shape, string Pattern, string Path)> All { get; } = new Dictionary<string, (HostingShape, string, string)>
    {
        ["implicit routing"] = (HostingShape.Minimal(MapOrders), Orders, "/orders/7"),
        ["explicit UseRouting"] = (HostingShape.Minimal(static app =>
        {
            app.UseRouting();
            app.Use(static (context, next) => next(context));
            MapOrders(app);
        }), Orders, "/orders/7"),
        ["UseRouting and UseEndpoints"] = (HostingShape.Minimal(MapBranch), Orders, "/orders/7"),
        ["Startup class"] = (HostingShape.Generic<Startup>(), Orders, "/orders/7"),
        ["route group"] = (HostingShape.Minimal(static app => MapOrders(app.MapGroup("/api"))), "/api/orders/{id}", "/api/orders/7"),
        ["attributed controller"] = (HostingShape.Minimal(static app => app.MapControllers(), AddControllers), "/attributed/{id}", "/attributed/7"),
        ["conventional controller"] = (HostingShape.Minimal(static app => app.MapDefaultControllerRoute(), AddControllers), "{controller=Home}/{action=Index}/{id?}", "/conventional/show"),
        ["Razor page"] = (HostingShape.Minimal(static app => app.MapRazorPages(), static builder => builder.Services
            .AddRazorPages(static pages => pages.RootDirectory = "/Hosting/Apps/Pages").AddApplicationPart(typeof(Shapes).Assembly)), "/Matrix/{id}", "/Matrix/7"),
        ["UsePathBase"] = (HostingShape.Minimal(static app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            MapOrders(app);
        }), Orders, "/base/orders/7"),
        ["Map branch"] = (HostingShape.Minimal(static app => app.Map("/branch", MapBranch)), Orders, "/branch/orders/7"),
        ["MapWhen branch"] = (HostingShape.Minimal(static app => app.MapWhen(static context => context.Request.Path.StartsWithSegments("/orders"), MapBranch)), Orders, "/orders/7"),
        ["UseWhen branch"] = (HostingShape.Minimal(static app =>
        {
            app.UseWhen(static _ => true, static branch => branch.Use(static (context, next) => next(context)));
            MapOrders(app);
        }), Orders, "/orders/7"),
        ["short circuit"] = (HostingShape.Minimal(static app => app.MapGet(Orders, s_answer).ShortCircuit()), Orders, "/orders/7"),
        ["fallback"] = (HostingShape.Minimal(static app => app.MapFallback(s_answer)), "{*path:nonfile}", "/anything/else"),
        ["constraint"] = (HostingShape.Minimal(static app => app.MapGet("/orders/{id:int:min(1)}", s_answer)), "/orders/{id:int:min(1)}", "/orders/7"),
        ["catch-all"] = (HostingShape.Minimal(static app => app.MapGet("/files/{**path}", s_answer)), "/files/{**path}", "/files/a/b/c"),
        ["exception pages"] = (HostingShape.Minimal(static app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/status/{0}");
            app.Map("/error", static () => "error");
            app.Map("/status/{code}", static (int code) => code);
            MapOrders(app);
        }), Orders, "/orders/7"),
        ["Development"] = (HostingShape.Minimal(MapOrders, environment: Environments.Development), Orders, "/orders/7"),
        ["authentication and authorization"] = (HostingShape.Minimal(
            static app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                MapOrders(app);
            },
            static builder =>
            {
                builder.Services.AddAuthentication().AddCookie();
                builder.Services.AddAuthorization();
            }), Orders, "/orders/7"),
        ["own compression, CORS and timeouts"] = (HostingShape.Minimal(
            static app =>
            {
                app.UseResponseCompression();
                app.UseRouting();
                app.UseCors();
                app.UseRequestTimeouts();
                app.UseRateLimiter();
                MapOrders(app);
            },
            static builder => builder.Services
                .AddResponseCompression()
                .AddCors(static cors => cors.AddDefaultPolicy(static policy => policy.AllowAnyOrigin()))
                .AddRequestTimeouts(static timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromMinutes(5) })
                .AddRateLimiter(static limits => limits.AddFixedWindowLimiter("own", static window =>
                {
                    window.PermitLimit = 1000;
                    window.Window = TimeSpan.FromHours(1);
                }))), Orders, "/orders/7"),
        ["the one call twice"] = (HostingShape.Minimal(MapOrders, static builder => builder.UseHerzResilience()), Orders, "/orders/7"),
        ["the one call, and by hand"] = (HostingShape.Minimal(static app =>
        {
            app.UseHerzResilience();
            MapOrders(app);
        }), Orders, "/orders/7"),
        ["the one call, and by hand after routing"] = (HostingShape.Minimal(static app =>
        {
            app.UseRouting();
            app.UseHerzResilience();
            MapOrders(app);
        }), Orders, "/orders/7"),
        ["the one call, and by hand in a branch"] = (HostingShape.Minimal(static app => app.Map("/branch", static branch =>
        {
            branch.UseHerzResilience();
            MapBranch(branch);
        })), Orders, "/branch/orders/7"),
        ["feature by feature"] = (HostingShape.MinimalWithout(
            static app =>
            {
                app.UseHerzDeadlines();
                app.UseHerzRateLimiting();
                MapOrders(app);
            },
            AddFeatures), Orders, "/orders/7"),
        ["feature by feature after routing"] = (HostingShape.MinimalWithout(
            static app =>
            {
                app.UseRouting();
                app.UseHerzRateLimiting();
                app.UseHerzDeadlines();
                MapOrders(app);
            },
            AddFeatures), Orders, "/orders/7"),
        ["features only in a branch"] = (HostingShape.MinimalWithout(
            static app => app.Map("/branch", static branch =>
            {
                branch.UseHerzRateLimiting();
                branch.UseHerzDeadlines();
                MapBranch(branch);
            }),
            AddFeatures), Orders, "/branch/orders/7"),
        ["slim builder's services by hand"] = (HostingShape.MinimalWithout(
            MapOrders,
            static builder => builder.Services.AddHerzResilience(static _ => { })), Orders, "/orders/7"),
    };

    private static void MapOrders(IEndpointRouteBuilder routes) => routes.MapGet(Orders, s_answer);

    private static void MapBranch(IApplicationBuilder branch)
    {
        branch.UseRouting();
        branch.UseEndpoints(MapOrders);
    }

    private static void AddControllers(WebApplicationBuilder builder) =>
        builder.Services.AddControllersWithViews().AddApplicationPart(typeof(Shapes).Assembly);

    private static void AddFeatures(WebApplicationBuilder builder)
    {
        builder.Services.AddHerzDeadlines();
        builder.Services.AddHerzRateLimiting();
    }
}
