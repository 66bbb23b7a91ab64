using Herz.Resilience.Benchmarks.Harmless.Clients;
using Microsoft.AspNetCore.TestHost;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Configured limits that apply only to the named endpoints, and tests without a client address.</summary>
internal static class Limits
{
    public static readonly HealthyApp[] All =
    [
        new("limit-named", "a policy only for /login; 300 concurrent requests to /orders", static app =>
        {
            var login = app.MapPost("/login", static () => "welcome");
            if (IsGuarded(app))
            {
                login.RequireHerzRateLimit("login");
            }

            app.MapDependency("/orders");
        }, static async visitor =>
        {
            await visitor.PostAsync("/login", new StringContent("ada"), new(Body: "welcome"));
            await Visitor.AllAsync(300, _ => visitor.GetAsync("/orders?ms=5", new(Body: Dependency.Body)));
        })
        {
            Field = "A14",
            HasRefusals = true,
            Settings = [("RateLimiting:Policies:login:PermitsPerSecond", "0.1"), ("RateLimiting:Policies:login:Burst", "2")],
        },

        new("limit-guesses", "100/s per client configured: 1,500 password guesses with forged X-Forwarded-For are limited before authentication", MapGuesses, GuessAsync)
        {
            Field = "A18",
            HasRefusals = true,
            Configure = static builder => builder.Services.AddRateLimiter(static _ => { }),
            Settings = [("RateLimiting:Policies:clients:PermitsPerSecond", "100"), ("RateLimiting:Policies:clients:Burst", "200"), ("RateLimiting:Policies:clients:PartitionBy", "Client")],
        },

        new("test-server", "ten parallel TestServer hosts with 300 fast requests each and no client address", MapSuites, static visitor =>
            Visitor.AllAsync(3, async _ =>
            {
                var failures = (await visitor.Client.GetStringAsync("/suites")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                for (var request = 0; request < 3_000; request++)
                {
                    visitor.Tally.Request(Expected.Ok);
                }

                foreach (var failure in failures)
                {
                    visitor.Tally.Fail(failure.Contains("429", StringComparison.Ordinal) ? Failure.Limited : Failure.ServerError, failure);
                }
            })) { IsGuarded = false },
    ];

    private static bool IsGuarded(WebApplication app) => bool.Parse(app.Configuration[Servers.AppServer.GuardedKey]!);

    private static void MapGuesses(WebApplication app)
    {
        var guesses = 0;
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/secret")
            {
                Interlocked.Increment(ref guesses);
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            }

            return next(context);
        });
        app.MapGet("/secret", static () => "never");
        app.MapGet("/open", static () => "open").DisableRateLimiting();
    }

    // Here, limited guesses are expected; unlimited guesses are a failure.
    private static async Task GuessAsync(Visitor visitor)
    {
        var reached = 0;
        await Visitor.AllAsync(1_500, async index =>
        {
            using var guess = new HttpRequestMessage(HttpMethod.Get, "/secret") { Headers = { { "X-Forwarded-For", $"203.0.{index / 250}.{(index % 250) + 1}" } } };
            using var answer = await visitor.Client.SendAsync(guess);
            visitor.Tally.Request(Expected.Ok);
            if (answer.StatusCode == System.Net.HttpStatusCode.Unauthorized)
            {
                Interlocked.Increment(ref reached);
            }
        });
        if (visitor.IsGuarded && reached > 1_200)
        {
            visitor.Tally.Fail(Failure.Limited, $"{reached} guesses were not limited");
        }

        await visitor.PaceAsync(50, 4, _ => visitor.GetAsync("/open", new(Body: "open")));
    }

    private static void MapSuites(WebApplication app) => app.MapGet("/suites", async () =>
        string.Join('\n', (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => SuiteAsync(IsGuarded(app)))))).SelectMany(static failures => failures)));

    private static async Task<List<string>> SuiteAsync(bool isGuarded)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        if (isGuarded)
        {
            builder.UseHerzResilience();
        }

        await using var app = builder.Build();
        app.MapDependency("/orders");
        await app.StartAsync();
        using var client = app.GetTestClient();
        var failures = new List<string>();
        for (var request = 0; request < 300; request++)
        {
            using var answer = await client.GetAsync("/orders?ms=0");
            if (!answer.IsSuccessStatusCode)
            {
                failures.Add($"{(int)answer.StatusCode} in a test");
            }
        }

        return failures;
    }
}
