namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>
/// An endpoint with a dependency whose duration and failure are set by the request. The clients control the dependency, so both
/// apps get exactly the same load.
/// </summary>
internal static class Dependency
{
    public const string Body = "from the dependency";

    public static RouteHandlerBuilder MapDependency(this IEndpointRouteBuilder app, string path) =>
        app.MapGet(path, static async (int? ms, bool? fail, CancellationToken cancellation) =>
        {
            await Task.Delay(ms ?? 2, cancellation);
            return fail is true ? Results.Text("the dependency failed", statusCode: StatusCodes.Status500InternalServerError) : Results.Text(Body);
        });
}
