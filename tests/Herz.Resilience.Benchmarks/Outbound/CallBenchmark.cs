using System.Net;
using BenchmarkDotNet.Attributes;
using Herz.Resilience.Origins;
using Herz.Resilience.Outbound.Others;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>
/// One call of a client of <see cref="IHttpClientFactory"/> to a healthy dependency without a network: without a handler, with the standard
/// handler of Microsoft.Extensions.Http.Resilience, and with this bundle.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CallBenchmark : IDisposable
{
    private static readonly Uri s_address = new("http://api.stock.test:5001/orders/17");
    private static readonly Uri s_inside = new("http://stock:5001/orders/17");

    private RequestScope? _scope;
    private ServiceProvider _services = null!;
    private HttpMessageInvoker _invoker = null!;

    /// <summary>Which handler is in the client.</summary>
    [Params("none", "standard", "herz", "herz in a request")]
    public string Handler { get; set; } = "";

    /// <summary>Whether the dependency answers asynchronously, as every real one does.</summary>
    [Params(false, true)]
    public bool Awaits { get; set; }

    [GlobalSetup]
    public void Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Handler.StartsWith("herz", StringComparison.Ordinal))
        {
            builder.Services.AddHerzOutbound();
        }

        var client = builder.Services.AddHttpClient("stock").ConfigurePrimaryHttpMessageHandler(() => new AnsweringHandler(Awaits)).RemoveAllLoggers();
        if (Handler == "standard")
        {
            client.AddStandardResilienceHandler();
        }

        _services = builder.Services.BuildServiceProvider();
        if (Handler == "herz in a request")
        {
            // All that a request adds: its deadline, the header with the number of the attempt, the mark against unguarded calls.
            _ = _services.GetRequiredService<UnguardedCalls>().StartAsync(CancellationToken.None);
            _scope = _services.GetRequiredService<GuardPipelineFactory>().Create(null).Begin(new DefaultHttpContext { Features = { [typeof(IHttpRequestLifetimeFeature)] = new HttpRequestLifetimeFeature() } });
        }

        _invoker = new HttpMessageInvoker(_services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("stock"));
    }

    [Benchmark]
    public async Task<HttpStatusCode> Call()
    {
        AmbientWork.Current = _scope;
        using var request = new HttpRequestMessage(HttpMethod.Get, _scope is null ? s_address : s_inside);
        using var response = await _invoker.SendAsync(request, CancellationToken.None);
        return response.StatusCode;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _invoker.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class AnsweringHandler(bool awaits) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (awaits)
            {
                await Task.Yield();
            }

            return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
        }
    }
}
