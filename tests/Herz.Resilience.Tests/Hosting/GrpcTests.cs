using Grpc.Core;
using Grpc.Net.Client;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Hosting;

public sealed class GrpcTests
{
    [Fact]
    public async Task Unary_InTime_IsAnsweredAndThenLimitedByItsOwnPolicy()
    {
        await using var app = await StartAsync("Unary");
        var client = Client(app);

        Assert.Equal("hello", (await client.UnaryAsync(new Words { Text = "hello" })).Text);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Words { Text = "hello" }));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.True(int.Parse(refused.Trailers.GetValue("grpc-retry-pushback-ms")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task Unary_PastItsOwnTier_EndsWithDeadlineExceeded()
    {
        await using var app = await StartAsync("Unary");

        var call = Client(app).UnaryAsync(new Words { Text = "wait" }).ResponseAsync;
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMilliseconds(201));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
    }

    [Fact]
    public async Task ClientStream_LongerThanEveryTier_IsNotCancelled()
    {
        await using var app = await StartAsync("ClientStream");
        using var call = Client(app).ClientStream();

        await call.RequestStream.WriteAsync(new Words { Text = "first" });
        await call.RequestStream.WriteAsync(new Words { Text = "wait" });
        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMinutes(10));
        app.Gate.Open();
        await call.RequestStream.CompleteAsync();

        Assert.Equal("first wait", (await call.ResponseAsync).Text);
    }

    [Fact]
    public async Task ServerStream_WithALateFirstMessage_IsNotCancelled()
    {
        await using var app = await StartAsync("ServerStream");
        using var call = Client(app).ServerStream(new Words { Text = "wait" });

        await app.Gate.Entered;
        app.Time.Advance(TimeSpan.FromMinutes(10));
        app.Gate.Open();

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("wait", call.ResponseStream.Current.Text);
    }

    [Fact]
    public async Task Duplex_LongerThanEveryTier_IsNotCancelled()
    {
        await using var app = await StartAsync("Duplex");
        using var call = Client(app).Duplex();

        foreach (var words in new[] { "one", "two" })
        {
            await call.RequestStream.WriteAsync(new Words { Text = words });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(words, call.ResponseStream.Current.Text);
            app.Time.Advance(TimeSpan.FromMinutes(10));
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory]
    [InlineData("ClientStream")]
    [InlineData("ServerStream")]
    [InlineData("Duplex")]
    public async Task Stream_WithItsOwnLimit_IsRefusedTheSecondTime(string method)
    {
        await using var app = await StartAsync(method);
        var client = Client(app);

        await CallAsync(client, method);
        var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(client, method));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    private static async Task CallAsync(Echo.EchoClient client, string method)
    {
        switch (method)
        {
            case "ClientStream":
                using (var call = client.ClientStream())
                {
                    await call.RequestStream.CompleteAsync();
                    await call.ResponseAsync;
                }

                break;
            case "ServerStream":
                using (var call = client.ServerStream(new Words { Text = "x" }))
                {
                    await call.ResponseStream.MoveNext();
                }

                break;
            default:
                using (var call = client.Duplex())
                {
                    await call.RequestStream.CompleteAsync();
                    await call.ResponseStream.MoveNext();
                }

                break;
        }
    }

    private static Echo.EchoClient Client(MatrixApp app) => new(GrpcChannel.ForAddress(app.Address));

    private static Task<MatrixApp> StartAsync(string method) => MatrixApp.StartAsync($"/echo.Echo/{method}", HostingShape.Minimal(
        static app => app.MapGrpcService<EchoService>(), static builder => builder.Services.AddGrpc(), protocols: HttpProtocols.Http2));
}
