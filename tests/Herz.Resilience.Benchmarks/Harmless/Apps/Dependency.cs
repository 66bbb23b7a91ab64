namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>
/// An endpoint whose dependency takes as long as the request says, and fails when it says so: the clients know the state of the
/// dependency at each moment of the load, and the bare app and the other meet exactly the same.
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
