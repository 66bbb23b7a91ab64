using Herz.Resilience.Benchmarks.Harmless.Clients;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Hubs over all transports, used like Blazor Server circuits: mostly idle, sometimes disconnected.</summary>
internal static class Hubs
{
    public static readonly HealthyApp[] All =
    [
        Row("signalr-websockets", "30 hub clients over WebSockets: call, wait, call, disconnect", HttpTransportType.WebSockets, 30),
        Row("signalr-events", "20 hub clients over server-sent events", HttpTransportType.ServerSentEvents, 20),
        Row("signalr-long-polling", "30 hub clients over long polling, idle for up to 1.5 s between messages", HttpTransportType.LongPolling, 30),
    ];

    private static HealthyApp Row(string name, string title, HttpTransportType transport, int clients) => new(name, title, static app =>
        app.MapHub<Hub>("/hub"), visitor => visitor.LoopAsync(clients, 6, (client, round) => visitor.AttemptAsync("/hub", Expected.Ok, () => VisitAsync(visitor, transport, client, round))))
    {
        Configure = static builder => builder.Services.AddSignalR(),
    };

    private static async Task VisitAsync(Visitor visitor, HttpTransportType transport, int client, int round)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(visitor.Http1, "/hub"), transport).Build();
        var pushed = new TaskCompletionSource();
        hub.On("push", pushed.SetResult);
        await hub.StartAsync();
        for (var call = 0; call < 3; call++)
        {
            if (await hub.InvokeAsync<string>(nameof(Hub.Echo), $"call {call}") != $"call {call}")
            {
                visitor.Tally.Fail(Failure.Body, "a hub returned a wrong answer");
            }

            await Task.Delay(SeededRandom.Between(client, (round * 3) + call, 100, 1_500));
        }

        await hub.InvokeAsync(nameof(Hub.PushLater));
        await pushed.Task;
    }

    private sealed class Hub : Microsoft.AspNetCore.SignalR.Hub
    {
#pragma warning disable CA1822 // Hub methods must be instance methods.
        public string Echo(string text) => text;
#pragma warning restore CA1822

        public async Task PushLater()
        {
            var caller = Clients.Caller;
            await Task.Delay(200, Context.ConnectionAborted);
            await caller.SendAsync("push");
        }
    }
}
