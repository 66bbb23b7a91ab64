using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>The child process: serves the app of one row, and writes its state for each line of input, until the input ends.</summary>
internal static class AppServer
{
    /// <summary>The command that starts the process.</summary>
    public const string Command = "serve-harmless";

    /// <summary>Configuration key that controls whether the inner hosts of an app make the one call.</summary>
    public const string GuardedKey = "Harmless:Guarded";

    public static async Task RunAsync(string row, bool isGuarded)
    {
        using var meter = new HerzMeterReader();
        using var log = new LogCollector();
        await using var app = Build(HealthyApps.Find(row), isGuarded, log);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(string.Join(' ', app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses));
        while (await Console.In.ReadLineAsync() is not null)
        {
            await Console.Out.WriteLineAsync(meter.Read(log.Messages).Write());
        }

        await app.StopAsync();
    }

    private static WebApplication Build(HealthyApp row, bool isGuarded, LogCollector log)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Configuration[GuardedKey] = isGuarded.ToString();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
            if (row.HasTls)
            {
                kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseHttps(Certificate.SelfSigned()));
            }
        });
        row.Configure(builder);
        if (isGuarded && row.IsGuarded)
        {
            builder.Configuration.AddInMemoryCollection(row.Settings.Select(static setting => KeyValuePair.Create($"Herz:{setting.Key}", (string?)setting.Value)));
            builder.UseHerzResilience();
        }

        var app = builder.Build();
        row.Map(app);
        return app;
    }
}
