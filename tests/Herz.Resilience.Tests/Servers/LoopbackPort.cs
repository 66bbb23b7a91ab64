using System.Net;
using System.Net.Sockets;

namespace Herz.Resilience.Tests.Servers;

/// <summary>Finds a free loopback port.</summary>
internal static class LoopbackPort
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
