using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Outgoing calls of the app through <see cref="IHttpClientFactory"/>.</summary>
internal static class Outgoing
{
    public static readonly HealthyApp[] All =
    [
        Row("shared-lazy-token", "a singleton Lazy<Task<string>> around a 1 s call without a token; 10/s of requests", "A15", static (app, backend) =>
        {
            var token = new Lazy<Task<string>>(() => Client(app).GetStringAsync(new Uri(backend, "/work?ms=1000")));
            app.MapGet("/page", async (CancellationToken cancellation) => await token.Value.WaitAsync(cancellation));
        }, static visitor => visitor.PaceAsync(10, 5, _ => visitor.GetAsync("/page", new(Body: "work")))),

        Row("shared-token-refresh", "a token renewed every 2 s by a 900 ms call that concurrent requests share", "A15", static (app, backend) =>
        {
            var gate = new Lock();
            var (token, renewed) = (Task.FromResult("none"), Environment.TickCount64 - 10_000);
            app.MapGet("/page", async () =>
            {
                Task<string> shared;
                lock (gate)
                {
                    if (Environment.TickCount64 - renewed > 2_000)
                    {
                        (token, renewed) = (Client(app).GetStringAsync(new Uri(backend, "/work?ms=900")), Environment.TickCount64);
                    }

                    shared = token;
                }

                return await shared;
            });
        }, static visitor => visitor.PaceAsync(10, 8, _ => visitor.GetAsync("/page", new(Body: "work")))),

        Row("payment-none", "payments of 500 ms with CancellationToken.None; browsers disconnect after 200 ms", "A16", static (app, backend) =>
        {
            app.MapPost("/payments", async () =>
            {
                using var captured = await Client(app).PostAsync(new Uri(backend, "/work?ms=500"), null, CancellationToken.None);
                return "paid";
            });
            MapDone(app, backend);
        }, static async visitor =>
        {
            await visitor.PaceAsync(5, 8, _ => visitor.AttemptAsync("a browser that disconnects", Expected.Ok, () =>
                RawClient.LeaveAsync(visitor.Http1, "POST", "/payments", TimeSpan.FromMilliseconds(200))));
            await AllDoneAsync(visitor);
        }),

        Row("fire-and-forget", "an outgoing call of 1 s that is not awaited; the answer is immediate", "A16", static (app, backend) =>
        {
            app.MapGet("/page", () =>
            {
                _ = Client(app).GetStringAsync(new Uri(backend, "/work?ms=1000"));
                return "accepted";
            });
            MapDone(app, backend);
        }, static async visitor =>
        {
            await visitor.PaceAsync(10, 6, _ => visitor.GetAsync("/page", new(Body: "accepted")));
            await AllDoneAsync(visitor);
        }),

        Row("outgoing-slow", "a handler that awaits a 1.2 s call without a token", "A15", static (app, backend) =>
            app.MapGet("/page", async () => await Client(app).GetStringAsync(new Uri(backend, "/work?ms=1200"))), static visitor =>
            visitor.PaceAsync(10, 8, _ => visitor.GetAsync("/page", new(Body: "work")))),

        Row("outgoing-fallback", "a call with a fallback that fails 1 time in 3", "A7", static (app, backend) =>
            app.MapGet("/page", async (int index) =>
            {
                using var answer = await Client(app).GetAsync(new Uri(backend, $"/work?ms=5&fail={index % 3 == 0}"));
                return answer.IsSuccessStatusCode ? "fresh" : "stale";
            }), static visitor => visitor.PaceAsync(30, 8, index => visitor.GetAsync($"/page?index={index}", new(Body: index % 3 == 0 ? "stale" : "fresh")))),

        Row("outgoing-account-limit", "a dependency limits one of ten accounts: 429 with Retry-After of 60 s", "A7", static (app, backend) =>
            MapCall(app, backend, static index => $"/limited?account={index % 10}"), static visitor =>
            visitor.PaceAsync(30, 8, index => visitor.GetAsync($"/page?index={index}", new(Body: index % 10 == 3 ? "429" : "200")))),

        Row("outgoing-broken-route", "one of three routes of a dependency always answers 503 with Retry-After, and gets most of the calls", "A7", static (app, backend) =>
            MapCall(app, backend, static index => index % 3 == 0 ? $"/work?ms=5&index={index}" : "/broken"), static visitor =>
            visitor.PaceAsync(30, 8, index => visitor.GetAsync($"/page?index={index}", new(Body: index % 3 == 0 ? "200" : "503")))),

        Row("outgoing-long-polls", "40 calls at once that each wait 5 s for news, alongside quick calls to the same host", "A15", static (app, backend) =>
            MapCall(app, backend, static index => index % 2 == 0 ? "/work?ms=5000" : "/work?ms=5"), static visitor =>
            visitor.PaceAsync(20, 6, index => visitor.GetAsync($"/page?index={index}", new(Body: "200")))),

        Row("outgoing-not-idempotent", "POST calls of which one in three fails: each is made once", "A16", static (app, backend) =>
        {
            app.MapGet("/page", async (int index) =>
            {
                using var answer = await Client(app).PostAsync(new Uri(backend, $"/work?ms=5&fail={index % 3 == 0}"), null);
                return $"{(int)answer.StatusCode}";
            });
            MapDone(app, backend);
        }, static async visitor =>
        {
            await visitor.PaceAsync(20, 8, index => visitor.GetAsync($"/page?index={index}", new(Body: index % 3 == 0 ? "500" : "200")));
            await AllDoneAsync(visitor, isExact: true);
        }),
    ];

    private static HealthyApp Row(string name, string title, string field, Action<WebApplication, Uri> map, Func<Visitor, Task> drive) => new(name, title, app =>
    {
        var done = 0;
        map(app, Backend.Start(app, backend =>
        {
            backend.MapMethods("/work", ["GET", "POST"], async (int ms, bool? fail, CancellationToken cancellation) =>
            {
                await Task.Delay(ms, cancellation);
                Interlocked.Increment(ref done);
                return fail is true ? Results.StatusCode(500) : Results.Text("work");
            });
            backend.MapGet("/done", () => $"{done}");
            backend.MapGet("/limited", (HttpResponse response, int account) =>
            {
                response.Headers.RetryAfter = "60";
                return Results.StatusCode(account == 3 ? 429 : 200);
            });
            backend.MapGet("/broken", (HttpResponse response) =>
            {
                response.Headers.RetryAfter = "1";
                return Results.StatusCode(503);
            });
        }));
    }, drive)
    {
        Field = field,
        Configure = static builder => builder.Services.AddHttpClient("other"),
    };

    private static HttpClient Client(WebApplication app) => app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("other");

    // Each account has its own credentials, as at any dependency that limits accounts.
    private static void MapCall(WebApplication app, Uri backend, Func<int, string> path) => app.MapGet("/page", async (int index) =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(backend, path(index)));
        request.Headers.Authorization = new("Bearer", $"account-{index % 10}");
        using var answer = await Client(app).SendAsync(request);
        return $"{(int)answer.StatusCode}";
    });

    private static void MapDone(WebApplication app, Uri backend) => app.MapGet("/done", async () => "done: " + await Client(app).GetStringAsync(new Uri(backend, "/done")));

    /// <summary>Checks that each request so far completed its work on the backend.</summary>
    private static async Task AllDoneAsync(Visitor visitor, bool isExact = false)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        var expected = visitor.Tally.Requests;
        var done = await visitor.Client.GetStringAsync("/done");
        if (isExact && int.Parse(done.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) > expected)
        {
            visitor.Tally.Fail(Failure.Cut, $"repeated work: {done} of {expected}");
        }

        for (var missing = int.Parse(done.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture); missing < expected; missing++)
        {
            visitor.Tally.Fail(Failure.Cut, $"lost work: {done} of {expected}");
        }
    }
}
