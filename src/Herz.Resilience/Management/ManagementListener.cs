using System.Collections.Concurrent;
using System.Net.Sockets;
using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
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
/// A second Kestrel server only for the pages. A listener on the app's own server would replace its configured
/// addresses and expose the app's endpoints on the management port.
/// </summary>
internal sealed class ManagementListener(
    Settings<ManagementOptions> settings, IEnumerable<ManagementPage> pages, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    // The management ports of all hosts in this process, to distinguish another host from another program.
    private static readonly ConcurrentDictionary<int, bool> s_ofThisProcess = new();

    private readonly ManagementPage[] _pages = [.. pages];
    private KestrelServer? _server;
    private int _port;

    /// <exception cref="IOException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.Port is not { } port)
        {
            return;
        }

        var logger = loggers.CreateLogger<ManagementListener>();
        if (IsInMemory(services.GetService<IServer>()))
        {
            logger.NotListening(port);
            return;
        }

        if (port != 0 && !s_ofThisProcess.TryAdd(port, true))
        {
            logger.PortOfThisProcess(port);
            return;
        }

        _port = port;
        var server = _server = Create(port);
        try
        {
            await server.StartAsync(this, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Release();
            throw new IOException($"Herz:Management:Port is {port}; expected a free port that this process may open and that is not the app's own. {exception.Message}", exception);
        }

        logger.Listening(PortOf(server));
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Release();
        return _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;
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

    public void Dispose()
    {
        Release();
        _server?.Dispose();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _port, 0) is not 0 and var port)
        {
            s_ofThisProcess.TryRemove(port, out _);
        }
    }

    // By name, because the TestServer's package is only for tests.
    private static bool IsInMemory(IServer? server)
    {
        for (var type = server?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName == "Microsoft.AspNetCore.TestHost.TestServer")
            {
                return true;
            }
        }

        return false;
    }

    private static int PortOf(KestrelServer server) =>
        BindingAddress.Parse(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;

    private KestrelServer Create(int port)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };
        options.ListenAnyIP(port);
        return new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }
}
