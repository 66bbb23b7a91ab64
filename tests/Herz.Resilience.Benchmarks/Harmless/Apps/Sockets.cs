using System.Net.WebSockets;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>WebSockets: open for a long time, and closed in different ways.</summary>
internal static class Sockets
{
    public static readonly HealthyApp[] All =
    [
        new("websocket-idle", "40 sockets, idle for 6 s, then echo", Map, static visitor =>
            Visitor.AllAsync(40, _ => visitor.AttemptAsync("/socket", Expected.Ok, () => TalkAsync(visitor, "/socket", 1, visitor.Scaled(6))))),

        new("websocket-chatty", "20 sockets with 20 messages each at random times, reopened", Map, static visitor =>
            visitor.LoopAsync(20, 6, (client, _) => visitor.AttemptAsync("/socket", Expected.Ok, () => TalkAsync(visitor, "/socket", 20, TimeSpan.Zero, client)))),

        new("websocket-aborted", "200 aborted sockets, also on a middleware path, alongside 10/s that close normally", Map, static visitor => Task.WhenAll(
            visitor.PaceAsync(25, 8, index => visitor.AttemptAsync("abort", Expected.Ok, () => AbortAsync(visitor, index % 2 == 0 ? "/socket" : "/raw", index))),
            visitor.PaceAsync(10, 8, _ => visitor.AttemptAsync("/socket", Expected.Ok, () => TalkAsync(visitor, "/socket", 2, TimeSpan.Zero))))) { Field = "A5" },
    ];

    private static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Use(static (context, next) => context.Request.Path == "/raw" ? EchoAsync(context) : next(context));
        app.MapGet("/socket", EchoAsync);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1_024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, context.RequestAborted);
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(Visitor visitor, string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(visitor.Http1) { Scheme = "ws", Path = path }.Uri, CancellationToken.None);
        return socket;
    }

    private static async Task TalkAsync(Visitor visitor, string path, int messages, TimeSpan silence, int seed = 0)
    {
        using var socket = await ConnectAsync(visitor, path);
        await Task.Delay(silence);
        var buffer = new byte[1_024];
        for (var message = 0; message < messages; message++)
        {
            await socket.SendAsync("message"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(buffer, CancellationToken.None);
            await Task.Delay(SeededRandom.Between(seed, message, 1, 100));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static async Task AbortAsync(Visitor visitor, string path, int index)
    {
        using var socket = await ConnectAsync(visitor, path);
        await socket.SendAsync("message"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await Task.Delay(SeededRandom.Between(3, index, 0, 200));
        socket.Abort();
    }
}
