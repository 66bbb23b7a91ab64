using System.Net;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;

namespace Herz.Resilience.Tests.Pipeline.Outcomes;

/// <summary>YARP answers a cancelled request with an empty 400, which would report a deadline as the client's fault.</summary>
public sealed class ForwarderTests
{
    [Fact]
    public async Task Deadline_OfAForwardedRequest_IsAnsweredWith504AndProblemDetails()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = await TestApp.StartAsync(web => web.MapGet("/{**all}", async (CancellationToken cancellation) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }));
        await using var proxy = await TestApp.StartAsync(
            static web => web.MapReverseProxy(),
            new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" },
            time,
            builder => builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "one", Match = new RouteMatch { Path = "{**all}" } }],
                [new ClusterConfig { ClusterId = "one", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = destination.Address.ToString() } } }]));

        var answer = proxy.Client.GetAsync("/slow");
        await entered.Task;
        time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Equal("application/problem+json", (await answer).Content.Headers.ContentType?.MediaType);
    }
}
