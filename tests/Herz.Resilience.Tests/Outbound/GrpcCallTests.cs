using Grpc.Core;
using Herz.Resilience.Tests.Hosting.Apps;
using Herz.Resilience.Tests.Outbound.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Outbound;

/// <summary>Calls of gRPC clients made by the factory: guarded, never sent again.</summary>
public sealed class GrpcCallTests
{
    private const int Unavailable = 14;
    private const int ResourceExhausted = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ThatFails_IsNotRetried(bool isMarked)
    {
        await using var server = await StartAsync(Unavailable);
        await using var host = Create(server, isMarked ? new() { ["Outbound:Clients:echo:Retry"] = "true" } : null);

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Single(server.Calls);
        Assert.Equal($"{server.Address.Authority}/echo.Echo", Assert.Single(host.Table.All).Name);
    }

    [Fact]
    public async Task Stream_ThatFails_IsNotRetried()
    {
        await using var server = await StartAsync(Unavailable);
        await using var host = Create(server);
        using var call = host.Services.GetRequiredService<Echo.EchoClient>().Duplex();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await call.RequestStream.WriteAsync(new Words { Text = "a" });
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });

        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Call_BeforeTheTimeOfThePushback_IsRefusedAsUnavailable()
    {
        await using var server = await StartAsync(ResourceExhausted, "5000");
        await using var host = Create(server);
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(host));

        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(host));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("asked not to be called", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Single(server.Calls);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(host));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Service_ThatIsDown_IsThrottled()
    {
        await using var server = await StartAsync(Unavailable);
        await using var host = Create(server);
        for (var call = 0; call < 100; call++)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAsync<RpcException>(() => CallAsync(host));
        }

        Assert.InRange(server.Calls.Count, 20, 70);
    }

    private static async Task CallAsync(OutboundHost host) => await host.Services.GetRequiredService<Echo.EchoClient>().UnaryAsync(new Words { Text = "a" });

    private static OutboundHost Create(DependencyServer server, Dictionary<string, string?>? settings = null) =>
        OutboundHost.Create(settings, builder => builder.Services.AddGrpcClient<Echo.EchoClient>("echo", options => options.Address = server.Address));

    private static Task<DependencyServer> StartAsync(int status, string? pushback = null) => DependencyServer.StartAsync(
        (context, _) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = $"{status}";
            if (pushback is not null)
            {
                context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
            }

            return Task.CompletedTask;
        },
        HttpProtocols.Http2);
}
