using System.Net;
using Herz.Resilience.Tests.Hosting.Apps;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>In every way to write an app, the one call breaks nothing, and the policy of its route applies.</summary>
public sealed class HostingMatrixTests
{
    public static TheoryData<string> Names => [.. Shapes.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_InTime_IsAnsweredAsWithoutTheBundle(string name)
    {
        var (shape, pattern, path) = Shapes.All[name];
        await using var app = await MatrixApp.StartAsync(pattern, shape);

        var answer = await app.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ok", (await answer.Content.ReadAsStringAsync()).Trim());
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/no/such.page")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Route_WithItsOwnTier_IsCancelledOnlyByIt(string name)
    {
        var (shape, pattern, path) = Shapes.All[name];
        await using var app = await MatrixApp.StartAsync(pattern, shape);

        var answer = app.Client.GetAsync(path + "?wait");
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMilliseconds(201));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Contains("deadline-exceeded", await (await answer).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Route_WithItsOwnLimit_RefusesTheSecondCall(string name)
    {
        var (shape, pattern, path) = Shapes.All[name];
        await using var app = await MatrixApp.StartAsync(pattern, shape);

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync(path)).StatusCode);
        var refused = await app.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("\"own\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/no/such.page")).StatusCode);
    }
}
