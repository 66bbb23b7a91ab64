using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Herz.Resilience.Configuration;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health.Listener;

/// <summary>
/// Answers the probes on a port of its own, with one thread and non-blocking sockets: neither a starved thread pool nor a busy web server
/// makes the kubelet think that the app is dead. Its limits are fixed: 32 connections, one request of at most 4 KB on each, 1 second from
/// accepting to closing; the oldest connection makes room for a new one.
/// </summary>
internal sealed class ProbeListener(HealthProbe probe, Settings<HealthOptions> settings, ILogger<ProbeListener> logger) : IHostedLifecycleService, IDisposable
{
    private const int MaxConnections = 32;
    private const int Backlog = 512;

    // Sockets wait in real time.
    private static readonly TimeProvider s_clock = TimeProvider.System;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(100);

    private readonly List<ProbeConnection> _connections = [];
    private Socket? _listener;
    private volatile bool _stopping;

    /// <summary>The port that it listens on; 0 if it does not.</summary>
    public int Port => (_listener?.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    // Before any hosted service, so that the startup probe has its answer while they start.
    /// <exception cref="IOException">The port cannot be opened.</exception>
    public Task StartingAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    // A host of IWebHostBuilder calls only this.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_listener is null && settings.Value.Port is { } port)
        {
            _listener = Open(port);
            Contained.Run(() => logger.ProbesListening(Port));
            new Thread(Run) { IsBackground = true, Name = "Herz probes" }.UnsafeStart();
        }

        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Last, so that the probes have their answers during the stop.
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    // The thread closes its sockets; it looks at the flag ten times a second.
    public void Dispose() => _stopping = true;

    private static Socket Open(int port)
    {
        var family = Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            if (family == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"Herz:Health:Port is {port}; expected a free port that this process may open and that is not the app's own. {exception.Message}", exception);
        }
    }

    private void Run()
    {
        ThreadPriorityBoost.TryRaise();
        List<Socket> readable = [];
        List<Socket> writable = [];
        while (!_stopping)
        {
            // Whatever a client sends, and whatever fails here, the next probe is answered.
            Contained.Run(() => Turn(readable, writable), OnFault);
        }

        Clear();
        _listener!.Dispose();
    }

    private void OnFault(Exception exception)
    {
        Clear();
        logger.ListenerFailed(exception);
    }

    private void Turn(List<Socket> readable, List<Socket> writable)
    {
        readable.Clear();
        writable.Clear();
        readable.Add(_listener!);
        foreach (var connection in _connections)
        {
            (connection.IsWriting ? writable : readable).Add(connection.Socket);
        }

        Socket.Select(readable, writable, null, s_wait);
        var now = s_clock.GetTimestamp();
        for (var index = _connections.Count - 1; index >= 0; index--)
        {
            var connection = _connections[index];
            var isReady = readable.Contains(connection.Socket) || writable.Contains(connection.Socket);
            if ((isReady && !connection.Advance()) || now >= connection.CloseBy)
            {
                Close(index);
            }
        }

        if (readable.Contains(_listener!))
        {
            Accept(now);
        }
    }

    private void Accept(long now)
    {
        Socket socket;
        try
        {
            socket = _listener!.Accept();
        }
        catch (SocketException)
        {
            // The client has left already.
            return;
        }

        socket.Blocking = false;
        if (_connections.Count == MaxConnections)
        {
            Close(0);
        }

        var connection = new ProbeConnection(socket, now + s_clock.TimestampFrequency, Answer);
        _connections.Add(connection);

        // A probe sends its request at once, so it is mostly here.
        if (!connection.Advance())
        {
            Close(_connections.Count - 1);
        }
    }

    private void Close(int index)
    {
        _connections[index].Dispose();
        _connections.RemoveAt(index);
    }

    private void Clear()
    {
        _connections.ForEach(static connection => connection.Dispose());
        _connections.Clear();
    }

    private byte[] Answer(ProbeRequest? request, int status)
    {
        if (request is null)
        {
            return Write(status, "text/plain", ReadOnlyMemory<byte>.Empty, isHead: false);
        }

        var kind = request.Path switch
        {
            "/livez" => ProbeKind.Live,
            "/readyz" => ProbeKind.Ready,
            "/startupz" => ProbeKind.Startup,
            _ => (ProbeKind?)null,
        };
        if (kind is null && !string.Equals(request.Path, settings.Value.Path.TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
        {
            return Write(404, "text/plain", ReadOnlyMemory<byte>.Empty, isHead: false);
        }

        if (request.Method is not ("GET" or "HEAD"))
        {
            return Write(405, "text/plain", ReadOnlyMemory<byte>.Empty, isHead: false);
        }

        var answer = ProbeResponse.Of(probe, kind, request.Query, request.WantsJson);
        return Write(answer.Status, answer.ContentType, answer.Body, request.Method == "HEAD");
    }

    private static byte[] Write(int status, string contentType, ReadOnlyMemory<byte> body, bool isHead)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\n{(status == 405 ? "Allow: GET, HEAD\r\n" : "")}Connection: close\r\n\r\n"));
        return isHead ? head : [.. head, .. body.Span];
    }
}
