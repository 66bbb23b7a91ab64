using System.Diagnostics.Metrics;
using Herz.Resilience.Outbound;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Outbound.Servers;

/// <summary>A worker with the one call, whose clients call real servers on a clock that the test moves.</summary>
internal sealed class OutboundHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _metrics = [];

    private OutboundHost(IHost host, FakeTimeProvider time, LogSink logs)
    {
        _host = host;
        Time = time;
        Logs = logs;
        var factory = host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument.Name, value, tags));
        _listener.Start();
    }

    public FakeTimeProvider Time { get; }

    public LogSink Logs { get; }

    public IServiceProvider Services => _host.Services;

    public HttpClient Client => CreateClient();

    public IDependencies Dependencies => Services.GetRequiredService<IDependencies>();

    public DependencyTable Table => Services.GetRequiredService<DependencyTable>();

    /// <param name="settings">Keys below the section.</param>
    /// <param name="build">Changes the builder after the one call.</param>
    /// <param name="before">Changes the builder before the one call.</param>
    public static OutboundHost Create(
        Dictionary<string, string?>? settings = null, Action<HostApplicationBuilder>? build = null, Action<HostApplicationBuilder>? before = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var (time, logs) = (new FakeTimeProvider(), new LogSink());
        builder.Logging.AddProvider(logs);
        builder.Configuration.AddInMemoryCollection(settings?.Select(pair => KeyValuePair.Create("Herz:" + pair.Key, pair.Value)) ?? []);
        builder.Services.AddSingleton<TimeProvider>(time);
        before?.Invoke(builder);
        builder.UseHerzResilience();
        build?.Invoke(builder);
        return new OutboundHost(builder.Build(), time, logs);
    }

    public HttpClient CreateClient(string name = "") => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    /// <summary>Moves the clock by small steps until the work has ended, so that each wait for a retry ends.</summary>
    public async Task<TResult> RunAsync<TResult>(Task<TResult> work)
    {
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
            Time.Advance(TimeSpan.FromMilliseconds(20));
        }

        return await work;
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

    /// <summary>The sum of a counter over all series that have the text in their tags.</summary>
    public double Counted(string metric, string tag = "")
    {
        lock (_metrics)
        {
            return _metrics.Where(pair => pair.Key.StartsWith(metric + "{", StringComparison.Ordinal) && pair.Key.Contains(tag, StringComparison.Ordinal)).Sum(static pair => pair.Value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private void Count(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = $"{name}{{{string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}}}";
        lock (_metrics)
        {
            _metrics[key] = _metrics.GetValueOrDefault(key) + value;
        }
    }
}
