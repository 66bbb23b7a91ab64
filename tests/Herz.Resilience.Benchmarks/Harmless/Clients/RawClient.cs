using System.Net.Sockets;
using System.Text;

namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>A client of HTTP/1.1 that does what no client library does: sends half a request, and leaves.</summary>
internal static class RawClient
{
    /// <summary>Sends a head and the beginning of its body, waits, and resets the connection, or closes it in order.</summary>
    public static async Task LeaveAsync(
        Uri server, string method, string path, TimeSpan after, int length = 0, int sent = 0, string type = "application/octet-stream", bool inOrder = false)
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
        socket.LingerState = new LingerOption(!inOrder, 0);
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
