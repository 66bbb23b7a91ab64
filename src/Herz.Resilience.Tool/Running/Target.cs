using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Herz.Resilience.Tool.Running;

/// <summary>Checks before a run that its targets are reachable.</summary>
internal static class Target
{
    /// <summary>Resolves a host and connects once; for https, with the TLS handshake.</summary>
    /// <param name="url">The URL to connect to.</param>
    /// <param name="timeout">Timeout of the whole check.</param>
    /// <param name="insecure">Whether any server certificate is accepted.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The addresses of the host; the address that accepted the connection comes first.</returns>
    /// <exception cref="TargetUnreachableException">The target is unreachable; the message is one sentence with the reason.</exception>
    public static async Task<IReadOnlyList<IPEndPoint>> ReachAsync(Uri url, TimeSpan timeout, bool insecure, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await ReachCoreAsync(url, insecure, deadline.Token).ConfigureAwait(false);
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

        throw new TargetUnreachableException($"cannot connect to {url.Authority}: {Describe(last)}");
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
            throw new TargetUnreachableException($"the host name {url.Host} cannot be resolved: {Describe(e)}");
        }
    }

    private static async Task ShakeHandsAsync(Socket socket, Uri url, bool insecure, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket));
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                // Requested by --insecure, for test servers with self-signed certificates.
#pragma warning disable CA5359
                var trust = insecure ? new RemoteCertificateValidationCallback((_, _, _, _) => true) : null;
#pragma warning restore CA5359
                await stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = url.IdnHost, RemoteCertificateValidationCallback = trust },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                var hint = insecure ? "" : " (--insecure accepts any certificate)";
                throw new TargetUnreachableException($"the TLS handshake with {url.Authority} failed: {e.Message.TrimEnd('.')}{hint}");
            }
        }
    }

    private static string Describe(SocketException? error) => error?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "no process listens on this port (connection refused)",
        SocketError.HostNotFound or SocketError.NoData => "no such host",
        SocketError.TryAgain => "the name server does not answer",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "no route to the host",
        null => "no address",
        _ => error.Message,
    };
}
