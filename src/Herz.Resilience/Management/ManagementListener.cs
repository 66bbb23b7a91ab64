using System.Net.Sockets;
using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Management;

/// <summary>
/// A second Kestrel server for the pages alone. A listener on the app's own server would replace its configured
/// addresses, and would show the app's endpoints on the management port.
/// </summary>
internal sealed class ManagementListener(
    Settings<ManagementOptions> settings, IEnumerable<ManagementPage> pages, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private readonly ManagementPage[] _pages = [.. pages];
    private KestrelServer? _server;

    /// <exception cref="IOException">The port cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.Port is not { } port)
        {
            return;
        }

        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };
        options.ListenAnyIP(port);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(options), transport, loggers);
        try
        {
            await _server.StartAsync(this, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new IOException($"Herz:Management:Port is {port}; expected a free port, other than the app's own, that this process may listen on. {exception.Message}", exception);
        }

        loggers.CreateLogger<ManagementListener>().Listening(port);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.StopAsync(cancellationToken);
        }
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        var page = Array.Find(_pages, page => string.Equals(page.Path, context.Request.Path.Value, StringComparison.OrdinalIgnoreCase));
        if (page is not null)
        {
            await page.AnswerAsync(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public void Dispose() => _server?.Dispose();
}
