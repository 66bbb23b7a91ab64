using System.Net;
using System.Threading.RateLimiting;
using Herz.Resilience.Benchmarks.Overload;
using Herz.Resilience.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Prometheus;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>
/// The compared apps. Limits are too high to refuse requests, except on one endpoint, where all requests after the first are
/// refused. Everything else has its default.
/// </summary>
internal static class AppKinds
{
    /// <summary>The rate limit policy of the refused endpoint.</summary>
    public const string Tight = "tight";

    private const int Plenty = 1_000_000;

    /// <summary>Herz without its leak watchdog; the difference is the cost of the watchdog.</summary>
    public const string Unwatched = "unwatched";

    public static readonly string[] Default = ["bare", "stock", "herz"];

    public static readonly string[] All = [.. Default, Unwatched];

    public static WebApplication Build(string kind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return kind switch
        {
            "bare" => builder.Build(),
            "stock" => Stock(builder),
            "herz" => Herz(builder, watchdog: true),
            Unwatched => Herz(builder, watchdog: false),
            _ => throw new ArgumentException($"\"{kind}\" is not an app; expected one of {string.Join(", ", All)}."),
        };
    }

    // The framework components that give comparable protection.
    private static WebApplication Stock(WebApplicationBuilder builder)
    {
        builder.Services.AddRequestTimeouts(static options => options.DefaultPolicy =
            new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(800), TimeoutStatusCode = StatusCodes.Status504GatewayTimeout });
        builder.Services.AddRateLimiter(static options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddTokenBucketLimiter(Tight, static tight => (tight.TokenLimit, tight.TokensPerPeriod, tight.ReplenishmentPeriod) = (1, 1, TimeSpan.FromHours(1)));
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(static context => RateLimitPartition.GetTokenBucketLimiter(
                context.Connection.RemoteIpAddress ?? IPAddress.None,
                static _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = Plenty,
                    TokensPerPeriod = Plenty,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                }));
        });
        builder.Services.AddHealthChecks();
        var app = builder.Build();
        app.UseHttpMetrics();
        app.UseRequestTimeouts();
        app.UseRateLimiter();
        app.UseMiddleware<PollyBreakerMiddleware>();
        app.MapHealthChecks("/healthz");
        app.MapMetrics();
        return app;
    }

    private static WebApplication Herz(WebApplicationBuilder builder, bool watchdog)
    {
        builder.UseHerzResilience(herz =>
        {
            herz.LeakWatchdog.Enabled = watchdog;
            herz.RateLimiting.Policies["default"] = new() { PermitsPerSecond = Plenty, Burst = Plenty };
            herz.RateLimiting.Policies[Tight] = new() { PermitsPerSecond = 1 / 3600.0, Burst = 1, PartitionBy = PartitionBy.Global, Routes = ["/refused"] };
            herz.LoadShedding.PriorityHeader = OverloadRow.PriorityHeader;
        });
        return builder.Build();
    }
}
