namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Endpoints that share a pattern, and patterns with several kinds of requests.</summary>
internal static class Routes
{
    public static readonly HealthyApp[] All =
    [
        new("graphql", "one route with cheap queries; 1 in 10 takes 2 s", static app => app.MapPost("/graphql", static async (Query query, CancellationToken cancellation) =>
        {
            await Task.Delay(query.Ms, cancellation);
            return new { data = query.Text };
        }), static visitor => visitor.PaceAsync(25, 10, index => visitor.PostAsync(
            "/graphql", JsonContent.Create(new Query(index % 10 == 7 ? 2_000 : 15, $"query {index}")), new(Body: $"query {index}")))) { Field = "A23" },

        new("require-host", "the same pattern for two hosts; one fails, the other is healthy", static app =>
        {
            app.MapGet("/orders/{id:int}", static () => Results.StatusCode(500)).RequireHost("a.example");
            app.MapGet("/orders/{id:int}", static (int id) => $"order {id}").RequireHost("b.example");
        }, static visitor => visitor.PaceAsync(40, 8, index => visitor.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/orders/{index}") { Headers = { Host = index % 2 == 0 ? "a.example" : "b.example" } },
            index % 2 == 0 ? new(Fails: true) : new(Body: $"order {index}")))) { Field = "B2", HasRefusals = true },

        new("failing-method", "POST fails, GET and PUT of the same pattern are healthy", static app =>
        {
            app.MapPost("/orders", static () => Results.StatusCode(502));
            app.MapGet("/orders", static () => "orders");
            app.MapPut("/orders", static () => "put");
        }, static visitor => visitor.PaceAsync(40, 8, index => (index % 2) switch
        {
            0 => visitor.PostAsync("/orders", new StringContent("order"), new(Fails: true)),
            _ when index % 4 == 1 => visitor.GetAsync("/orders", new(Body: "orders")),
            _ => visitor.SendAsync(new HttpRequestMessage(HttpMethod.Put, "/orders"), new(Body: "put")),
        })) { Field = "B2", HasRefusals = true },

        new("fallback-page", "a single-page app: MapFallback alongside an API with its own 404s", static app =>
        {
            app.MapDependency("/api/orders");
            app.MapGet("/api/{**rest}", static () => Results.NotFound("no such api"));
            app.MapFallback(static () => "index.html");
        }, static visitor => visitor.PaceAsync(60, 6, index => (index % 3) switch
        {
            0 => visitor.GetAsync("/api/orders?ms=20", new(Body: Dependency.Body)),
            1 => visitor.GetAsync($"/api/nothing/{index}", new(404, Body: "no such api")),
            _ => visitor.GetAsync($"/people/{index}", new(Body: "index.html")),
        })) { Field = "A23" },

        new("branches", "an app in a Map branch and one in MapWhen, with answers of 900 ms in each", static app =>
        {
            app.Map("/branch", static branch => branch.Run(static context => LateAsync(context, "branch")));
            app.MapWhen(static context => context.Request.Query.ContainsKey("when"), static branch => branch.Run(static context => LateAsync(context, "when")));
            app.MapDependency("/orders");
        }, static visitor => visitor.PaceAsync(15, 8, index => (index % 3) switch
        {
            0 => visitor.GetAsync("/branch/page", new(Body: "branch")),
            1 => visitor.GetAsync("/other?when=now", new(Body: "when")),
            _ => visitor.GetAsync("/orders?ms=10", new(Body: Dependency.Body)),
        })) { Field = "A9" },
    ];

    private static async Task LateAsync(HttpContext context, string text)
    {
        await Task.Delay(900, context.RequestAborted);
        await context.Response.WriteAsync(text);
    }

    private sealed record Query(int Ms, string Text);
}
