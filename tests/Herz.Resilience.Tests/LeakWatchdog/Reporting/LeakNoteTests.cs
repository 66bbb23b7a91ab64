using System.Net;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.Tests.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.LeakWatchdog.Reporting;

/// <summary>The watchdog informs on the bundle's own probe, and never takes the app out of service.</summary>
public sealed class LeakNoteTests
{
    private static readonly Leak s_leak = new() { Origin = "GET /orders/{id}", Method = "Orders.LoadAsync", Pending = 24 };

    [Fact]
    public async Task SuspectedLeak_IsNotInTheAppsOwnHealthChecks()
    {
        await using var app = await StartAsync();
        app.Services.GetRequiredService<LeakBoard>().Update([s_leak]);

        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/ready"));
        Assert.DoesNotContain("herz", await app.Client.GetStringAsync("/ready"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HealthStatus.Healthy, (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
        Assert.Equal("database", Assert.Single(app.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations).Name);
    }

    [Fact]
    public async Task SuspectedLeak_IsOnTheReadyProbe_WithAShortText()
    {
        await using var app = await StartAsync();
        var board = app.Services.GetRequiredService<LeakBoard>();
        Assert.Equal(
            """{"status":"healthy","probe":"ready","checks":[{"name":"herz-leaks","status":"healthy"},{"name":"database","status":"healthy"}]}""",
            await app.Client.GetStringAsync("/healthz"));

        board.Update([s_leak]);

        using var ready = await app.Client.GetAsync("/healthz?probe=ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(
            """{"status":"degraded","probe":"ready","checks":[{"name":"herz-leaks","status":"degraded","text":"1 leak is suspected; the log and /debug/herz/counters name it"},{"name":"database","status":"healthy"}]}""",
            await ready.Content.ReadAsStringAsync());
        Assert.Contains("\"status\":\"healthy\"", await app.Client.GetStringAsync("/healthz?probe=live"));
        Assert.Contains("\"checks\":[]", await app.Client.GetStringAsync("/healthz?probe=startup"));
    }

    [Fact]
    public async Task CheckOfTheAppWithTheSameName_ReplacesTheNote()
    {
        await using var app = await TestApp.StartAsync(static _ => { }, build: static builder =>
            builder.Services.AddHealthChecks().AddCheck("herz-leaks", static () => HealthCheckResult.Healthy()));
        app.Services.GetRequiredService<LeakBoard>().Update([s_leak]);

        Assert.Equal("""{"status":"healthy","probe":"ready","checks":[{"name":"herz-leaks","status":"healthy"}]}""", await app.Client.GetStringAsync("/healthz"));
    }

    // Like many apps behind a load balancer: anything but healthy is 503.
    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        static web => web.MapHealthChecks("/ready", new HealthCheckOptions
        {
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
            ResponseWriter = static (context, report) => context.Response.WriteAsync(string.Join(", ", report.Entries.Keys)),
        }),
        build: static builder => builder.Services.AddHealthChecks().AddCheck("database", static () => HealthCheckResult.Healthy()));
}
