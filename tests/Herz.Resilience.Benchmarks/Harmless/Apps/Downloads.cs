using System.Runtime.CompilerServices;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Answers that take long by design: slow readers, late first items, streams, long polling.</summary>
internal static class Downloads
{
    private const int FileLength = 32 * 1024 * 1024;

    public static readonly HealthyApp[] All =
    [
        new("download-slow-reader", "32 MB to clients that read for 3 s, alongside 20/s of small answers", MapFile, static async visitor => await Task.WhenAll(
            visitor.LoopAsync(3, 8, (_, _) => visitor.AttemptAsync("/file", Expected.Ok, () => ReadSlowlyAsync(visitor))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/file?length=1000")))) ,

        new("download-late-items", "JSON of an IAsyncEnumerable with the first item after 1.5 s", static app => app.MapGet("/items", LateItemsAsync), static visitor =>
            visitor.PaceAsync(5, 8, _ => visitor.GetAsync("/items", new(Body: "[0,1,2]")))) { Field = "A11" },

        new("download-export", "an export that starts immediately and writes a line every 200 ms for 3 s", static app => app.MapGet("/export", ExportAsync), static visitor =>
            visitor.PaceAsync(4, 8, _ => visitor.GetAsync("/export", new(Body: "line 14")))),

        new("sse", "30 clients of server-sent events; the first event comes after 1.2 s", static app =>
            app.MapGet("/events", static (CancellationToken cancellation) => TypedResults.ServerSentEvents(EventsAsync(cancellation))), static visitor =>
            visitor.LoopAsync(30, 8, (_, _) => visitor.GetAsync("/events", new(Body: "data: 9")))),

        new("long-poll", "60 long-polling clients; an event every 0.2 s, later none for 8 s", MapPoll, PollAsync)
        {
            Field = "A4",
            Settings = [("Deadlines:Routes:0:Pattern", "/poll"), ("Deadlines:Routes:0:Api", "00:01:00")],
        },

        new("long-poll-empty", "60 long-polling clients get 204 after 3 s, default configuration", MapPoll, static visitor =>
            visitor.LoopAsync(60, 9, (_, _) => visitor.GetAsync("/poll?ms=3000", new(204)))) { Field = "A4" },
    ];

    private static void MapFile(WebApplication app) => app.MapGet("/file", static async (HttpContext context, int length = FileLength) =>
    {
        context.Response.ContentLength = length;
        for (var left = length; left > 0; left -= 65_536)
        {
            await context.Response.Body.WriteAsync(new byte[Math.Min(65_536, left)], context.RequestAborted);
        }
    });

    private static async Task ReadSlowlyAsync(Visitor visitor)
    {
        using var response = await visitor.Client.GetAsync("/file", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        var buffer = new byte[512 * 1024];
        for (var read = 0; (read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            await Task.Delay(45);
        }
    }

    private static async IAsyncEnumerable<int> LateItemsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Delay(1_500, cancellation);
        for (var item = 0; item < 3; item++)
        {
            yield return item;
        }
    }

    private static async Task ExportAsync(HttpContext context)
    {
        for (var line = 0; line < 15; line++)
        {
            await context.Response.WriteAsync($"line {line}\n", context.RequestAborted);
            await Task.Delay(200, context.RequestAborted);
        }
    }

    private static async IAsyncEnumerable<int> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Delay(1_200, cancellation);
        for (var number = 0; number < 10; number++)
        {
            yield return number;
            await Task.Delay(100, cancellation);
        }
    }

    private static void MapPoll(WebApplication app) => app.MapGet("/poll", static async (int ms, CancellationToken cancellation) =>
    {
        await Task.Delay(ms, cancellation);
        return ms < 3_000 ? Results.Text("event") : Results.NoContent();
    });

    private static async Task PollAsync(Visitor visitor)
    {
        await visitor.LoopAsync(60, 6, (_, _) => visitor.GetAsync("/poll?ms=200", new(Body: "event")));
        await Visitor.AllAsync(60, _ => visitor.GetAsync("/poll?ms=8000", new(204)));
        await visitor.LoopAsync(60, 1, (_, _) => visitor.GetAsync("/poll?ms=200", new(Body: "event")));
    }
}
