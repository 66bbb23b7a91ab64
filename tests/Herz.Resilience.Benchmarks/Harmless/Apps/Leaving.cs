using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Clients that disconnect or reset: not a failure of the app.</summary>
internal static class Leaving
{
    private const string Form = "multipart/form-data; boundary=x";

    public static readonly HealthyApp[] All =
    [
        new("leave-reset-upload", "30 resets during uploads (copies, forms, JSON), alongside 20/s complete uploads", Uploads.Map, static visitor => Task.WhenAll(
            visitor.PaceAsync(5, 6, index => LeaveAsync(visitor, () => (index % 3) switch
            {
                0 => RawClient.LeaveAsync(visitor.Http1, "POST", "/copies", Moment(1, index, 200), 100_000, 20_000),
                1 => RawClient.LeaveAsync(visitor.Http1, "POST", "/forms", Moment(2, index, 200), 100_000, 20_000, Form),
                _ => RawClient.LeaveAsync(visitor.Http1, "POST", "/orders", Moment(3, index, 200), 100, type: "application/json"),
            })),
            visitor.PaceAsync(20, 8, _ => Uploads.CopyAsync(visitor, 1_000, TimeSpan.FromMilliseconds(1), pieces: 1)))) { Field = "A5" },

        new("leave-reset-anywhere", "HTTP/1.1 clients reset at random times of a 100 ms request, alongside 20/s that stay", MapWork, static visitor => Task.WhenAll(
            visitor.PaceAsync(25, 8, index => LeaveAsync(visitor, () => RawClient.LeaveAsync(visitor.Http1, "GET", "/work", Moment(4, index, 150), inOrder: index % 3 == 0))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/work")))) { Field = "A5" },

        new("leave-cancel-h2", "HTTP/2 clients cancel requests and uploads at random times, alongside 20/s that stay", MapWork, static async visitor =>
        {
            var client = visitor.NewClient(http2: true);
            await Task.WhenAll(
                visitor.PaceAsync(25, 8, index => LeaveAsync(visitor, () => CancelAsync(visitor, client, index % 2 == 0, Moment(5, index, 150)))),
                visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/work", client: client)));
        }) { Field = "A5" },

        new("leave-connection-h2", "HTTP/2 connections with eight requests each are closed, alongside 20/s that stay", MapWork, static visitor => Task.WhenAll(
            visitor.PaceAsync(5, 8, index => LeaveAsync(visitor, () => CloseAsync(visitor, Moment(6, index, 150)))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/work")))) { Field = "A5" },

        new("leave-before-late-answer", "clients disconnect after 300 ms; the handlers return after 1 s without a token, ignoring a token, or after saving", static app =>
        {
            app.MapGet("/late/0", static () => LateAsync());
            app.MapGet("/late/1", static (CancellationToken _) => LateAsync());
            app.MapGet("/late/2", static async (HttpContext context) =>
            {
                _ = context.RequestAborted;
                return Results.Ok(await LateAsync());
            });
            app.MapGet("/late/3", static async (HttpContext context, CancellationToken cancellation) =>
            {
                await LateAsync();
                cancellation.ThrowIfCancellationRequested();
                await context.Response.WriteAsync("late", cancellation);
            });
        }, static visitor => visitor.PaceAsync(16, 8, index => LeaveAsync(visitor, () =>
            RawClient.LeaveAsync(visitor.Http1, "GET", $"/late/{index % 4}", TimeSpan.FromMilliseconds(300), inOrder: index % 8 < 4)))) { Field = "A6" },

        new("leave-during-download", "clients reset during an answer of 32 MB, alongside 20/s complete requests", static app =>
        {
            MapWork(app);
            app.MapGet("/file", static async (HttpContext context) =>
            {
                for (var part = 0; part < 512; part++)
                {
                    await context.Response.Body.WriteAsync(new byte[65_536]);
                }
            });
        }, static visitor => Task.WhenAll(
            visitor.PaceAsync(10, 8, index => LeaveAsync(visitor, () => RawClient.LeaveAsync(visitor.Http1, "GET", "/file", Moment(7, index, 200)))),
            visitor.PaceAsync(20, 8, _ => visitor.GetAsync("/work")))) { Field = "A5" },
    ];

    private static void MapWork(WebApplication app) => app.MapMethods("/work", ["GET", "POST"], static async (HttpRequest request, CancellationToken cancellation) =>
    {
        await request.Body.CopyToAsync(Stream.Null, cancellation);
        await Task.Delay(100, cancellation);
        return "done";
    });

    private static async Task<string> LateAsync()
    {
        await Task.Delay(1_000);
        return "late";
    }

    private static TimeSpan Moment(int seed, int index, int end) => TimeSpan.FromMilliseconds(SeededRandom.Between(seed, index, 0, end));

    private static Task LeaveAsync(Visitor visitor, Func<Task> leave) => visitor.AttemptAsync("a client that disconnects", Expected.Ok, leave);

    private static async Task CancelAsync(Visitor visitor, HttpClient client, bool uploads, TimeSpan after)
    {
        using var cancellation = new CancellationTokenSource(after);
        using var request = new HttpRequestMessage(uploads ? HttpMethod.Post : HttpMethod.Get, "/work")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
            Content = uploads ? new TricklingContent(new byte[10_000], 10, TimeSpan.FromMilliseconds(20)) : null,
        };
        try
        {
            using var response = await client.SendAsync(request, cancellation.Token);
            if (!response.IsSuccessStatusCode)
            {
                visitor.Tally.Fail(Failure.ServerError, $"/work: {(int)response.StatusCode}");
            }
        }
        catch (OperationCanceledException)
        {
            // The client cancelled the request.
        }
    }

    private static async Task CloseAsync(Visitor visitor, TimeSpan after)
    {
        var client = visitor.NewClient(http2: true);
        var requests = Enumerable.Range(0, 8).Select(_ => client.GetAsync("/work")).ToArray();
        await Task.Delay(after);
        client.Dispose();
        await Task.WhenAll(requests).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
