using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>The load if wrk is missing: each connection sends its next request after an answer.</summary>
internal static class SocketLoad
{
    public static async Task<long> RunAsync(Uri address, int connections, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => LoopAsync(address, end))));
        return counts.Sum();
    }

    private static async Task<long> LoopAsync(Uri address, long end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        var request = Encoding.ASCII.GetBytes($"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        var buffer = new byte[4096];
        var count = 0L;
        while (Stopwatch.GetTimestamp() < end)
        {
            await socket.SendAsync(request);
            await ReadAnswerAsync(socket, buffer);
            count++;
        }

        return count;
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        do
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed a connection.");
            }

            length += read;
        }
        while (!IsWhole(buffer.AsSpan(0, length)));
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        if (answer.Length >= 12 && !answer[9..12].SequenceEqual("200"u8))
        {
            throw new InvalidOperationException($"A request was answered with {Encoding.ASCII.GetString(answer[..12])}.");
        }

        var end = answer.IndexOf("\r\n\r\n"u8);
        return end >= 0 && answer.Length >= end + 4 + "ok".Length;
    }
}
