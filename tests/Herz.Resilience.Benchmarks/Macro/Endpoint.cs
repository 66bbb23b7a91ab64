using System.Buffers;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>The endpoints of every app. Each writes two bytes; they differ in how they wait.</summary>
internal static class Endpoint
{
    /// <summary>All requests after the first are refused by a rate limit; bare Kestrel has no limit and answers.</summary>
    public const string Refused = "refused";

    /// <summary>Completes synchronously; yields to the thread pool; waits 1 ms; reads <c>RequestAborted</c> and yields; is refused.</summary>
    public static readonly string[] All = ["sync", "yield", "delay", "token", Refused];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/sync", static context =>
        {
            Write(context);
            return Task.CompletedTask;
        });
        app.MapGet("/" + Refused, static context =>
        {
            Write(context);
            return Task.CompletedTask;
        }).RequireRateLimiting(AppKinds.Tight);
        app.MapGet("/yield", static async context =>
        {
            await Task.Yield();
            Write(context);
        });
        app.MapGet("/token", static async context =>
        {
            var aborted = context.RequestAborted;
            await Task.Yield();
            aborted.ThrowIfCancellationRequested();
            Write(context);
        });
        app.MapGet("/delay", static async context =>
        {
            await Task.Delay(1);
            Write(context);
        });
    }

    private static void Write(HttpContext context)
    {
        context.Response.ContentLength = 2;
        context.Response.BodyWriter.Write("ok"u8);
    }
}
