using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>A server that an app calls or proxies to: in the same process, always bare.</summary>
internal static class Backend
{
    public static Uri Start(WebApplication app, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1));
        var backend = builder.Build();
        map(backend);
        backend.StartAsync().GetAwaiter().GetResult();
        app.Lifetime.ApplicationStopped.Register(() => backend.StopAsync().GetAwaiter().GetResult());
        return new Uri(backend.Urls.First());
    }
}
