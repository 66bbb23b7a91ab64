using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Herz.Resilience.Sample;

/// <summary>The second service, which returns the stock of a product. It runs in the app's process on a free loopback port.</summary>
internal sealed class StockService : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/stock/{product}", (string product) => product.Length);
        await _app.StartAsync(cancellationToken);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? default;
}

/// <summary>Calls the second service without a token. With Outbound:CancelForgotten the deadline of the request still cancels the call.</summary>
internal sealed class StockClient(HttpClient client, StockService service)
{
    public Task<int> CountAsync(string product) => client.GetFromJsonAsync<int>(new Uri(service.Address, $"/stock/{product}"));
}
