using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>A web app with the one call, on a real Kestrel with a free loopback port.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, LogSink logs)
    {
        _app = app;
        Logs = logs;
        Addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Address = new Uri(Addresses[0]);
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public IReadOnlyList<string> Addresses { get; }

    public HttpClient Client { get; }

    public LogSink Logs { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="map">Builds the app's pipeline and endpoints.</param>
    /// <param name="settings">Keys below the section, such as <c>Deadlines:Tiers:Api</c>.</param>
    /// <param name="time">Replaces the clock of the bundle.</param>
    /// <param name="build">Changes the builder after the one call.</param>
    /// <param name="environment">The name of the environment; Production if null.</param>
    /// <param name="before">Changes the builder before the one call.</param>
    public static async Task<TestApp> StartAsync(
        Action<WebApplication> map,
        Dictionary<string, string?>? settings = null,
        FakeTimeProvider? time = null,
        Action<WebApplicationBuilder>? build = null,
        string? environment = null,
        Action<WebApplicationBuilder>? before = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment ?? Environments.Production });
        var logs = new LogSink();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings?.Select(pair => KeyValuePair.Create("Herz:" + pair.Key, pair.Value)) ?? []);
        if (time is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(time);
        }

        before?.Invoke(builder);
        builder.UseHerzResilience();
        build?.Invoke(builder);
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestApp(app, logs);
    }

    /// <summary>Changes keys below the section with one reload.</summary>
    public void Reload(params ReadOnlySpan<(string Key, string? Value)> settings)
    {
        var configuration = (IConfigurationRoot)Services.GetRequiredService<IConfiguration>();
        foreach (var (key, value) in settings)
        {
            configuration["Herz:" + key] = value;
        }

        configuration.Reload();
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return response.StatusCode;
    }

    /// <summary>Waits until the metrics page, which no limit applies to, has a line.</summary>
    /// <param name="line">The line, or its start.</param>
    /// <param name="exact">Whether <paramref name="line"/> is the whole line.</param>
    public async Task WaitForMetricAsync(string line, bool exact = true)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await Client.GetStringAsync("/metrics", timeout.Token)).Contains(line + (exact ? "\n" : ""), StringComparison.Ordinal))
        {
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
