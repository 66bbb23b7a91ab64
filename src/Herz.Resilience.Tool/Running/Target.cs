using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Herz.Resilience.Tool.Running;

/// <summary>Looks, before a run, whether its targets are there at all.</summary>
internal static class Target
{
    /// <summary>Resolves a host and connects once; over https with the handshake.</summary>
    /// <param name="url">Where to connect.</param>
    /// <param name="timeout">How long each step may take.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>The addresses of the host, the one that answered first.</returns>
    /// <exception cref="TargetUnreachableException">With the reason in one sentence.</exception>
    public static async Task<IReadOnlyList<IPEndPoint>> ReachAsync(Uri url, TimeSpan timeout, bool insecure, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        try
        {
            return await ReachCoreAsync(url, insecure, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnreachableException($"{url.Authority} did not accept a connection within {timeout.TotalSeconds:0.###} s");
        }
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ReachCoreAsync(Uri url, bool insecure, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(url, cancellationToken).ConfigureAwait(false);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var endPoint = new IPEndPoint(address, url.Port);
            try
            {
                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                last = e;
                continue;
            }

            if (url.Scheme == Uri.UriSchemeHttps)
            {
                await ShakeHandsAsync(socket, url, insecure, cancellationToken).ConfigureAwait(false);
            }

            return [endPoint, .. addresses.Where(a => !a.Equals(address)).Select(a => new IPEndPoint(a, url.Port))];
        }

        throw new TargetUnreachableException($"cannot connect to {url.Authority}: {Say(last)}");
    }

    private static async Task<IPAddress[]> ResolveAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            var found = await Dns.GetHostAddressesAsync(url.IdnHost, cancellationToken).ConfigureAwait(false);
            return found.Length > 0 ? found : throw new TargetUnreachableException($"the host name {url.Host} has no address");
        }
        catch (SocketException e)
        {
            throw new TargetUnreachableException($"the host name {url.Host} cannot be resolved: {Say(e)}");
        }
    }

    private static async Task ShakeHandsAsync(Socket socket, Uri url, bool insecure, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                // Asked for by --insecure, for test servers with certificates of their own.
#pragma warning disable CA5359
                var trust = insecure ? new RemoteCertificateValidationCallback((_, _, _, _) => true) : null;
#pragma warning restore CA5359
                await stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = url.IdnHost, RemoteCertificateValidationCallback = trust },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                var hint = insecure ? "" : " (--insecure takes any certificate)";
                throw new TargetUnreachableException($"no TLS with {url.Authority}: {e.Message.TrimEnd('.')}{hint}");
            }
        }
    }

    private static string Say(SocketException? error) => error?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nothing listens there (connection refused)",
        SocketError.HostNotFound or SocketError.NoData => "no such host",
        SocketError.TryAgain => "the name server does not answer",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "no route to the host",
        null => "no address",
        _ => error.Message,
    };
}
