using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Health.Lifecycle;

/// <summary>While the app drains, asks clients to leave: <c>Connection: close</c> on HTTP/1.1, GOAWAY on HTTP/2 and HTTP/3.</summary>
internal sealed class DrainingMiddleware(RequestDelegate next, AppLifecycle lifecycle, Settings<HealthOptions> settings, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (lifecycle.Phase == LifecyclePhase.Draining && MustClose())
        {
            Close(context);
        }

        return next(context);
    }

    private static void Close(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol) || HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
        else
        {
            context.Response.Headers.Connection = "close";
        }
    }

    private bool MustClose() => DrainDelay.MustClose(
        time.GetElapsedTime(lifecycle.DrainingSince), DrainDelay.Of(settings.Value.DrainDelay, Environment.GetEnvironmentVariable), Random.Shared.NextDouble());
}

/// <summary>Places the middleware first.</summary>
internal sealed class DrainingStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        builder.UseMiddleware<DrainingMiddleware>();
        next(builder);
    };
}
