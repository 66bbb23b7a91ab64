using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Servers;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.Management;

public sealed class ManagementPortTests
{
    [Fact]
    public async Task ManagementPort_OfAWebApp_ServesOnlyThePages()
    {
        var port = LoopbackPort.Free();
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"), Port(port), environment: "Development");
        using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await StatusAsync(app.Client, "/metrics"), await StatusAsync(management, "/metrics")));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await StatusAsync(app.Client, "/debug/herz/counters"), await StatusAsync(management, "/debug/herz/counters")));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(app.Client, "/healthz"), await StatusAsync(management, "/healthz")));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (await StatusAsync(app.Client, "/"), await StatusAsync(management, "/")));
    }

    [Fact]
    public async Task ManagementPort_ChangedOnReload_OpensNothingOnTheAppsPort()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(LoopbackPort.Free()), environment: "Development");

        app.Reload(("Management:Port", null));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app.Client, "/metrics"));
    }

    [Fact]
    public async Task ManagementPort_OfAWorker_IsServedWithoutAWebApp()
    {
        var port = LoopbackPort.Free();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Herz:Management:Port"] = port.ToString(CultureInfo.InvariantCulture);
        builder.UseHerzResilience();
        using var host = builder.Build();
        await host.StartAsync();
        using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(management, "/healthz?probe=ready"));
        Assert.Contains("herz_requests_active", await management.GetStringAsync("/metrics"));
        await host.StopAsync();
    }

    [Fact]
    public async Task ManagementPort_InUse_StopsTheStart()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await Assert.ThrowsAnyAsync<IOException>(() => TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(port)));

        Assert.Contains($"Herz:Management:Port is {port}; expected a free port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManagementPort_OfTwoAppsInOneProcess_IsServedByTheFirst()
    {
        var port = LoopbackPort.Free();
        await using var first = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(port));
        await using var second = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(port));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(first.Client, "/"), await StatusAsync(second.Client, "/")));
        Assert.Contains($"Herz:Management:Port is {port}, but another app in this process", Assert.Single(second.Logs.Entries, static entry => entry.EventId == 1205).Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second.Client, "/metrics"));
    }

    [Fact]
    public async Task ManagementPort_OfAStoppedApp_IsFreeForTheNext()
    {
        var port = LoopbackPort.Free();
        for (var time = 0; time < 3; time++)
        {
            await using var app = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(port));
            using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

            Assert.Equal(HttpStatusCode.OK, await StatusAsync(management, "/metrics"));
        }
    }

    [Fact]
    public async Task ManagementPort_OfZero_IsAFreePortThatTheLogNames()
    {
        await using var first = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(0));
        await using var second = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"), Port(0));

        foreach (var app in (TestApp[])[first, second])
        {
            var message = Assert.Single(app.Logs.Entries, static entry => entry.EventId == 1202).Message;
            var port = message.Split(' ')[^1].TrimEnd('.');
            using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(management, "/metrics"));
        }
    }

    [Fact]
    public async Task ManagementPort_OnTheTestServer_IsNotOpened()
    {
        var port = LoopbackPort.Free();
        var apps = new List<WebApplication>();
        for (var index = 0; index < 2; index++)
        {
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseTestServer();
            builder.Configuration["Herz:Management:Port"] = port.ToString(CultureInfo.InvariantCulture);
            var app = builder.UseHerzResilience().Build();
            app.MapGet("/", () => "ok");
            await app.StartAsync();
            apps.Add(app);
        }

        foreach (var app in apps)
        {
            Assert.Equal("ok", await app.GetTestClient().GetStringAsync("/"));
            await Assert.ThrowsAnyAsync<SocketException>(() => new TcpClient().ConnectAsync(IPAddress.Loopback, port));
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task AuthorizationPolicy_ThatTheAppDoesNotHave_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"), new() { ["Management:AuthorizationPolicy"] = "operators" }));

        Assert.Contains("Herz:Management:AuthorizationPolicy is \"operators\"; expected the name of an authorization policy of the app", error.Message);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.NotFound)]
    public async Task AuthorizationPolicy_OfTheApp_OpensThePrivatePagesToAdmittedUsers(bool admits, HttpStatusCode expected)
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"),
            new() { ["Management:AuthorizationPolicy"] = "operators" },
            build: builder => builder.Services.AddAuthentication().Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireAssertion(_ => admits)));

        Assert.Equal(expected, await StatusAsync(app.Client, "/debug/herz/counters"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app.Client, "/metrics"));
    }

    private static Dictionary<string, string?> Port(int port) => new() { ["Management:Port"] = port.ToString(CultureInfo.InvariantCulture) };

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path) => (await client.GetAsync(path)).StatusCode;
}
