using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Benchmarks.Pipeline;

/// <summary>One request through routing without a server, with and without the default bundle.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class RequestBenchmark : IDisposable
{
    private readonly HttpRequestLifetimeFeature _lifetime = new();

    // Several clients, because a single client would reach its rate limit.
    private readonly IPAddress[] _clients = [.. Enumerable.Range(1, 16).Select(static client => new IPAddress([127, 0, 0, (byte)client]))];
    private uint _request;
    private ServiceProvider _services = null!;
    private RequestDelegate _pipeline = null!;
    private TaskCompletionSource _gate = new();

    /// <summary>Whether the bundle is in the pipeline.</summary>
    [Params(false, true)]
    public bool Bundled { get; set; }

    [GlobalSetup]
    public void Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Bundled)
        {
            builder.UseHerzResilience(static herz => herz.RateLimiting.Policies["default"] = new() { PermitsPerSecond = 1_000_000, Burst = 1_000_000 });
        }

        _services = builder.Services.BuildServiceProvider();
        _ = _services.GetServices<IHostedService>().ToArray();
        var app = new ApplicationBuilder(_services);
        if (Bundled)
        {
            app.UseHerzResilience();
        }

        app.UseRouting();
        app.UseEndpoints(routes =>
        {
            routes.MapGet("/sync/{id}", static _ => Task.CompletedTask);
            routes.MapGet("/await/{id}", async _ => await _gate.Task);
        });
        _pipeline = app.Build();
    }

    [Benchmark]
    public Task Synchronous() => _pipeline(Context("/sync/7"));

    // Continues inside SetResult, so the result does not include the thread pool.
    [Benchmark]
    public Task Awaiting()
    {
        _gate = new TaskCompletionSource();
        var running = _pipeline(Context("/await/7"));
        _gate.SetResult();
        return running;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _services?.Dispose();
        GC.SuppressFinalize(this);
    }

    private DefaultHttpContext Context(string path)
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        context.Connection.RemoteIpAddress = _clients[_request++ % _clients.Length];
        context.Request.Method = "GET";
        context.Request.Path = path;
        return context;
    }
}
