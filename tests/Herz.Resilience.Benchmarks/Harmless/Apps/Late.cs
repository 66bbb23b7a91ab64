using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Handlers that always take longer than the default deadline.</summary>
internal static class Late
{
    public static readonly HealthyApp[] All =
    [
        Row("late-ignores-token", "the handler ignores its token and returns text after 900 ms", "A20", static app =>
            app.MapGet("/late", static async (CancellationToken _) =>
            {
                await Task.Delay(900, CancellationToken.None);
                return "fine";
            })),

        Row("late-saves", "the handler ignores RequestAborted, saves, and returns Results.Ok after 900 ms", "A10", static app =>
            app.MapGet("/late", static async (HttpContext context) =>
            {
                _ = context.RequestAborted;
                await Task.Delay(900);
                return Results.Ok("fine");
            })),

        new("late-empty", "the same with 204 and headers only, written at the end", static app =>
            app.MapPut("/late", static async (HttpContext context, CancellationToken _) =>
            {
                await Task.Delay(950, CancellationToken.None);
                context.Response.Headers["X-Saved"] = "fine";
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }), static visitor => visitor.PaceAsync(10, 8, _ =>
            visitor.SendAsync(new HttpRequestMessage(HttpMethod.Put, "/late"), new(204, Header: "X-Saved")))) { Field = "A10" },

        Row("late-honours-token", "the handler passes its token on and always takes 1.2 s", "A20", static app =>
            app.MapGet("/late", static async (CancellationToken cancellation) =>
            {
                await Task.Delay(1_200, cancellation);
                return "fine";
            })),

        Row("late-import", "a report of 2 s, with the tier of the route set to 10 s", "A10", static app =>
            app.MapGet("/late", static async (CancellationToken cancellation) =>
            {
                await Task.Delay(2_000, cancellation);
                return "fine";
            }), ("Deadlines:Routes:0:Pattern", "/late"), ("Deadlines:Routes:0:Api", "00:00:10")),

        new("late-sometimes", "15/s of 20 ms on one route; 1 in 10 takes 1 s", static app => app.MapDependency("/orders"), static visitor =>
            visitor.PaceAsync(15, 10, index => visitor.GetAsync(SeededRandom.Of(41, index) < 0.1 ? "/orders?ms=1000" : "/orders?ms=20", new(Body: Dependency.Body)))) { Field = "A20" },

        new("late-heavy-tail", "40/s of 10 ms with a usual tail: 1 in 100 takes 1 s or more", static app => app.MapDependency("/orders"), static visitor =>
            visitor.PaceAsync(40, 10, index => visitor.GetAsync($"/orders?ms={(int)Math.Min(3_000, 10 / SeededRandom.Of(46, index))}", new(Body: Dependency.Body)))) { Field = "A20" },

        new("body-replaced", "a middleware that replaces Response.Body without finally; 1 answer in 8 takes 900 ms", static app =>
        {
            app.Use(static async (context, next) =>
            {
                var original = context.Response.Body;
                using var buffer = new MemoryStream();
                context.Response.Body = buffer;
                await next(context);
                context.Response.Body = original;
                buffer.Position = 0;
                await buffer.CopyToAsync(original);
            });
            app.MapDependency("/orders");
        }, static visitor => visitor.PaceAsync(20, 8, index => visitor.GetAsync(index % 8 == 0 ? "/orders?ms=900" : "/orders?ms=10", new(Body: Dependency.Body)))) { Field = "B4" },

        new("oauth-callback", "an OAuth callback in a middleware with a token endpoint of 900 ms", MapOAuth, static visitor =>
            visitor.PaceAsync(5, 8, _ => visitor.GetAsync("/signin-oauth?code=7", new(302, Header: "Location"))))
        {
            Field = "A9",
            Configure = static builder => builder.Services.AddHttpClient("identity"),
        },
    ];

    private static HealthyApp Row(string name, string title, string field, Action<WebApplication> map, params (string Key, string Value)[] settings) => new(name, title, map, static visitor =>
        visitor.PaceAsync(10, 8, _ => visitor.GetAsync("/late", new(Body: "fine")))) { Field = field, Settings = settings };

    private static void MapOAuth(WebApplication app)
    {
        var identity = Servers.Backend.Start(app, static backend => backend.MapPost("/token", static async () =>
        {
            await Task.Delay(900);
            return "token";
        }));
        app.Use(async (context, next) =>
        {
            if (context.Request.Path != "/signin-oauth")
            {
                await next(context);
                return;
            }

            var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("identity");
            using var answer = await client.PostAsync(new Uri(identity, "/token"), null, context.RequestAborted);
            context.Response.Redirect("/home?token=" + await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(context.RequestAborted));
        });
    }
}
