using System.Net.Sockets;
using System.Text;

namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>An HTTP/1.1 client that sends half a request and closes the connection.</summary>
internal static class RawClient
{
    /// <summary>Sends a request head and the start of its body, waits, and resets or gracefully closes the connection.</summary>
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

        // With a linger time of 0, a close resets the connection.
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
