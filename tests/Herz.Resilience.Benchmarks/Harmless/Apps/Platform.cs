using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using Herz.Resilience.Benchmarks.Harmless.Clients;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Features of the framework, which must keep their behaviour.</summary>
internal static class Platform
{
    private const string Origin = "https://shop.example";

    public static readonly HealthyApp[] All =
    [
        new("app-request-timeouts", "UseRequestTimeouts with 5 s, disabled, and with a named policy, on handlers of 1.5 s", MapTimeouts, static visitor =>
            visitor.PaceAsync(9, 8, index => visitor.GetAsync(index % 3 == 0 ? "/five" : index % 3 == 1 ? "/none" : "/named", new(Body: "fine"))))
        {
            Field = "B8",
            Configure = static builder => builder.Services.AddRequestTimeouts(static options => options.AddPolicy("long", TimeSpan.FromSeconds(4))),
        },

        new("app-rate-limiter", "UseRateLimiter of the app: 50 of 80 pass, the rest get the app's own 429", MapLimiter, static async visitor =>
        {
            for (var request = 0; request < 80; request++)
            {
                await visitor.GetAsync("/limited", request < 50 ? new(Body: "fine") : new(429, Body: "by the app"));
                await visitor.GetAsync("/free", new(Body: "fine"));
            }
        })
        {
            Configure = static builder => builder.Services.AddRateLimiter(static options =>
            {
                options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(static _ => RateLimitPartition.GetFixedWindowLimiter(
                    0, static _ => new FixedWindowRateLimiterOptions { PermitLimit = 50, Window = TimeSpan.FromHours(1) }));
                options.OnRejected = static async (context, cancellation) =>
                {
                    context.HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                    await context.HttpContext.Response.WriteAsync("by the app", cancellation);
                };
            }),
        },

        new("authentication", "200/s in bursts of requests with and without a key", MapAuthentication, static async visitor =>
        {
            for (var burst = 0; burst < 5; burst++)
            {
                await Visitor.AllAsync(80, index => index % 4 == 0
                    ? visitor.GetAsync("/secret", new(401))
                    : visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/secret") { Headers = { { "X-Key", "right" } } }, new(Body: "for ada")));
                await Task.Delay(visitor.Scaled(1));
            }
        })
        {
            Configure = static builder =>
            {
                builder.Services.AddAuthorization();
                builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", null);
            },
        },

        new("cors", "400 concurrent requests of another origin, each after its preflight", MapCors, static visitor => Visitor.AllAsync(400, async index =>
        {
            await visitor.SendAsync(
                new HttpRequestMessage(HttpMethod.Options, "/orders") { Headers = { { "Origin", Origin }, { "Access-Control-Request-Method", "PUT" } } },
                new(204, Header: "Access-Control-Allow-Origin"));
            await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/orders?ms=5") { Headers = { { "Origin", Origin } } }, new(Body: Dependency.Body, Header: "Access-Control-Allow-Origin"));
        }))
        {
            Field = "B1",
            Configure = static builder => builder.Services.AddCors(static cors => cors.AddDefaultPolicy(static policy => policy.WithOrigins(Origin).AllowAnyMethod())),
        },

        new("path-base", "UsePathBase with routes of 10 and 900 ms", static app =>
        {
            app.UsePathBase("/shop");
            app.UseRouting();
            app.MapDependency("/orders");
        }, static visitor => visitor.PaceAsync(20, 8, index => visitor.GetAsync(index % 10 == 0 ? "/shop/orders?ms=900" : "/shop/orders?ms=10", new(Body: Dependency.Body)))),

        new("compression-and-caching", "response compression, output caching and response caching around answers of 600 ms", MapCaching, static visitor =>
            visitor.PaceAsync(60, 8, index => visitor.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, $"/{(index % 2 == 0 ? "output" : "response")}?page={index / 60}") { Headers = { { "Accept-Encoding", "gzip" } } },
                new(Header: "Content-Encoding"))))
        {
            Configure = static builder =>
            {
                builder.Services.AddResponseCompression();
                builder.Services.AddOutputCache();
                builder.Services.AddResponseCaching();
            },
        },

        new("methods", "HEAD, OPTIONS, 405, 406-like answers of the app and the app's own 503 with Retry-After", static app =>
        {
            app.MapDependency("/orders");
            app.MapGet("/maintenance", static (HttpContext context) =>
            {
                context.Response.Headers.RetryAfter = "60";
                return Results.Text("closed", statusCode: StatusCodes.Status503ServiceUnavailable);
            });
        }, static visitor => visitor.PaceAsync(20, 6, index => (index % 4) switch
        {
            0 => visitor.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/orders"), new(405)),
            1 => visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/orders"), new(405)),
            2 when index % 40 == 2 => visitor.GetAsync("/maintenance", new(503, Body: "closed", Header: "Retry-After")),
            _ => visitor.GetAsync("/orders?ms=5", new(Body: Dependency.Body)),
        })),
    ];

    private static void MapTimeouts(WebApplication app)
    {
        app.UseRequestTimeouts();
        app.MapGet("/five", WorkAsync).WithRequestTimeout(TimeSpan.FromSeconds(5));
        app.MapGet("/none", WorkAsync).DisableRequestTimeout();
        app.MapGet("/named", WorkAsync).WithRequestTimeout("long");

        static async Task<string> WorkAsync(CancellationToken cancellation)
        {
            await Task.Delay(1_500, cancellation);
            return "fine";
        }
    }

    private static void MapLimiter(WebApplication app)
    {
        app.UseRateLimiter();
        app.MapGet("/limited", static () => "fine");
        app.MapGet("/free", static () => "fine").DisableRateLimiting();
    }

    private static void MapAuthentication(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/secret", static (ClaimsPrincipal user) => $"for {user.Identity!.Name}").RequireAuthorization();
    }

    private static void MapCors(WebApplication app)
    {
        app.UseCors();
        app.MapDependency("/orders");
    }

    private static void MapCaching(WebApplication app)
    {
        app.UseResponseCompression();
        app.UseResponseCaching();
        app.UseOutputCache();
        app.MapGet("/output", SlowPageAsync).CacheOutput();
        app.MapGet("/response", static (HttpContext context, int page) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return SlowPageAsync(page);
        });

        static async Task<string> SlowPageAsync(int page)
        {
            await Task.Delay(600);
            return string.Concat(Enumerable.Repeat($"page {page} ", 200));
        }
    }

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            await Task.Delay(5, Context.RequestAborted);
            return Request.Headers["X-Key"] == "right"
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult();
        }
    }
}
