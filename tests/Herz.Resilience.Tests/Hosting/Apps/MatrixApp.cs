using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>
/// An app of the matrix on a real Kestrel, with a stopped clock. Its route has its own policy:
/// 200 ms instead of 800 ms for all others, and one request instead of 200.
/// </summary>
internal sealed class MatrixApp : IAsyncDisposable
{
    private readonly IHost _host;

    private MatrixApp(IHost host, FakeTimeProvider time, LogSink logs)
    {
        _host = host;
        Time = time;
        Logs = logs;
        Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public LogSink Logs { get; }

    public FakeTimeProvider Time { get; }

    public Gate Gate => Services.GetRequiredService<Gate>();

    public IServiceProvider Services => _host.Services;

    /// <param name="pattern">The route that has its own policy.</param>
    /// <param name="shape">How the app is built.</param>
    public static async Task<MatrixApp> StartAsync(string pattern, HostingShape shape)
    {
        var time = new FakeTimeProvider();
        var logs = new LogSink();
        var host = shape.Build(Prepare);
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new MatrixApp(host, time, logs);

        void Prepare(IWebHostBuilder web) => web
            .UseEnvironment(shape.Environment)
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = shape.Protocols))
            .ConfigureLogging(logging => logging.ClearProviders().AddProvider(logs))
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(Settings(pattern, shape.Settings)))
            .ConfigureServices(services => services.AddSingleton<TimeProvider>(time).AddSingleton<Gate>());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Gate.Open();
        await _host.StopAsync();
        _host.Dispose();
    }

    private static Dictionary<string, string?> Settings(string pattern, IReadOnlyDictionary<string, string?> more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Herz:Deadlines:Tiers:Api"] = "00:00:00.800",
            ["Herz:Deadlines:Routes:0:Pattern"] = pattern,
            ["Herz:Deadlines:Routes:0:Api"] = "00:00:00.200",
            ["Herz:RateLimiting:Policies:own:PermitsPerSecond"] = "0.001",
            ["Herz:RateLimiting:Policies:own:Burst"] = "1",
            ["Herz:RateLimiting:Policies:own:Routes:0"] = pattern,
        };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return settings;
    }
}
