using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>One way to write an app.</summary>
internal sealed class HostingShape
{
    /// <summary>Builds the host, after the given action has prepared its builder for the matrix.</summary>
    public required Func<Action<IWebHostBuilder>, IHost> Build { get; init; }

    public string Environment { get; init; } = Environments.Production;

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Minimal hosting with the one call.</summary>
    public static HostingShape Minimal(Action<WebApplication> map, Action<WebApplicationBuilder>? build = null, string? environment = null, HttpProtocols protocols = HttpProtocols.Http1) =>
        MinimalWithout(map, builder =>
        {
            builder.UseHerzResilience();
            build?.Invoke(builder);
        }, environment, protocols);

    /// <summary>Minimal hosting without the one call.</summary>
    public static HostingShape MinimalWithout(Action<WebApplication> map, Action<WebApplicationBuilder> build, string? environment = null, HttpProtocols protocols = HttpProtocols.Http1) => new()
    {
        Environment = environment ?? Environments.Production,
        Protocols = protocols,
        Build = prepare =>
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment ?? Environments.Production });
            prepare(builder.WebHost);
            build(builder);
            var app = builder.Build();
            map(app);
            return app;
        },
    };

    /// <summary>The generic host with a Startup class.</summary>
    public static HostingShape Generic<TStartup>() where TStartup : class => new()
    {
        Build = prepare => Host.CreateDefaultBuilder()
            .UseHerzResilience()
            .ConfigureWebHostDefaults(web =>
            {
                prepare(web);
                web.UseStartup<TStartup>();
            })
            .Build(),
    };
}
