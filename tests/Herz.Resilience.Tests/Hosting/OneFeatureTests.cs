using System.Net;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>Each feature works without the others: its pages answer, and its mistakes stop the start.</summary>
public sealed class OneFeatureTests
{
    [Fact]
    public async Task Health_Alone_Answers() => Assert.Contains(
        "\"status\":\"healthy\"", await GetAsync(static services => services.AddHerzHealth(), "/healthz?probe=ready"), StringComparison.Ordinal);

    [Fact]
    public async Task Metrics_Alone_Answer() => Assert.Contains(
        "# HELP", await GetAsync(static services => services.AddHerzMetrics(), "/metrics"), StringComparison.Ordinal);

    [Fact]
    public async Task Watchdog_Alone_AnswersItsPages() => Assert.NotEmpty(
        await GetAsync(static services => services.AddHerzLeakWatchdog(), "/debug/herz/counters"));

    [Fact]
    public async Task Limits_Alone_WithAnEndpointThatNamesAnUnknownPolicy_StopTheStart()
    {
        await using var app = Build(static services => services.AddHerzRateLimiting());
        app.UseHerzRateLimiting();
        app.MapGet("/login", static () => "ok").RequireHerzRateLimit("login");

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains("Herz:RateLimiting:Policies:login is null; expected a policy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldWebHost_AcceptsTheServicesWithoutALambda()
    {
#pragma warning disable ASPDEPR004, ASPDEPR008 // Apps with this builder exist.
        using var host = new WebHostBuilder()
            .UseTestServer()
            .ConfigureServices(static services => services.AddHerzResilience())
            .Configure(static app => app.Run(static context => context.Response.WriteAsync("ok")))
            .Build();
        await host.StartAsync();
        using var client = host.GetTestClient();
#pragma warning restore ASPDEPR004, ASPDEPR008

        Assert.Equal("ok", await client.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz?probe=ready")).StatusCode);
    }

    [Fact]
    public async Task Call_ReturnsTheBuildersOwnType()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        await using WebApplication app = builder.UseHerzResilience().UseHerzResilience(static herz => herz.Health.Path = "/live").Build();
        using IHost worker = Host.CreateApplicationBuilder().UseHerzResilience().Build();
        IHostApplicationBuilder plain = Host.CreateApplicationBuilder();
        IHostBuilder old = Host.CreateDefaultBuilder();

        Assert.Same(plain, plain.UseHerzResilience());
        Assert.Same(old, old.UseHerzResilience());
        await app.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await app.GetTestClient().GetAsync("/live")).StatusCode);
    }

    private static async Task<string> GetAsync(Action<IServiceCollection> add, string path)
    {
        await using var app = Build(add);
        await app.StartAsync();
        return await app.GetTestClient().GetStringAsync(path);
    }

    private static WebApplication Build(Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        add(builder.Services);
        return builder.Build();
    }
}
