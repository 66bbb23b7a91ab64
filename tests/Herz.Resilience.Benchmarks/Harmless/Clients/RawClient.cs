using System.Net.Sockets;
using System.Text;

namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>A client of HTTP/1.1 that does what no client library does: sends half a request, and resets its connection.</summary>
internal static class RawClient
{
    /// <summary>Sends a head and the beginning of its body, waits, and resets the connection.</summary>
    public static async Task ResetAsync(Uri server, string method, string path, int length, int sent, TimeSpan after, string type = "application/octet-stream")
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        var head = $"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        if (sent > 0)
        {
            await socket.SendAsync(Start(type, sent));
        }

        await Task.Delay(after);

        // With a linger time of zero a close is a reset.
        socket.LingerState = new LingerOption(true, 0);
    }

    private static byte[] Start(string type, int length)
    {
        var body = new byte[length];
        if (type.Split("boundary=") is [_, var boundary])
        {
            Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n").CopyTo(body, 0);
        }

        return body;
    }
}
