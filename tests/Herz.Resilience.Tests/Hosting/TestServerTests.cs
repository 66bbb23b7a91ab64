using System.Net;
using Microsoft.AspNetCore.TestHost;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>Typical tests of an app: many quick requests without an address, many hosts in one process.</summary>
public sealed class TestServerTests
{
    [Fact]
    public async Task QuickRequests_ToTenHostsAtOnce_AreAllServed()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(static _ => Task.Run(SendToOneHostAsync)));

        Assert.All(answers.SelectMany(static host => host), static status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Failures_ProvokedByTests_DoNotOpenTheCircuit()
    {
        await using var app = Build();
        app.MapGet("/fails/{id}", static IResult (int id) => id % 20 == 0 ? throw new InvalidOperationException("expected") : Results.Ok());
        await app.StartAsync();
        var client = app.GetTestClient();

        for (var id = 1; id < 300; id++)
        {
            if (id % 20 != 0)
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/fails/{id}")).StatusCode);
            }
            else
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync($"/fails/{id}"));
            }
        }
    }

    private static async Task<List<HttpStatusCode>> SendToOneHostAsync()
    {
        await using var app = Build();
        app.MapGet("/orders/{id}", static (int id) => id);
        app.MapPost("/orders", static (Dictionary<string, int> order) => order.Count);
        await app.StartAsync();
        var client = app.GetTestClient();
        var answers = new List<HttpStatusCode>();
        for (var id = 0; id < 150; id++)
        {
            answers.Add((await client.GetAsync($"/orders/{id}")).StatusCode);
            answers.Add((await client.PostAsync("/orders", JsonOf(id))).StatusCode);
        }

        return answers;
    }

    private static StringContent JsonOf(int id) => new($"{{\"id\":{id}}}", System.Text.Encoding.UTF8, "application/json");

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.UseHerzResilience();
        return builder.Build();
    }
}
