using Herz.Resilience.Tool.Tests.Commands;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

public sealed class GrpcLoadTests
{
    private const string Unary = "herz.test.Calls/Unary";

    private static readonly string[] s_quick = ["--rate", "100", "--for", "300ms", "--warmup", "0s"];

    private readonly CallsLog _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<TestServer> ServeAsync(string? withoutPath = null, bool reflects = true) => TestServer.StartAsync(app => Map(app, withoutPath, reflects), HttpProtocols.Http2, Services);

    private void Services(IServiceCollection services)
    {
        services.AddSingleton(_log);
        services.AddGrpc();
        services.AddGrpcReflection();
    }

    private static void Map(WebApplication app, string? withoutPath, bool reflects)
    {
        app.Use((context, next) =>
        {
            if (withoutPath is null || !context.Request.Path.StartsWithSegments(withoutPath, StringComparison.Ordinal))
            {
                return next(context);
            }

            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        app.MapGrpcService<CallsService>();
        if (reflects)
        {
            app.MapGrpcReflectionService();
        }
    }

    [Theory]
    [InlineData("/grpc.reflection.v1.ServerReflection")]
    [InlineData("/grpc.reflection.v1alpha.ServerReflection")]
    public async Task Load_UnaryByEitherReflection_SendsTheBodyAsAMessage(string withoutPath)
    {
        await using var server = await ServeAsync(withoutPath);

        var (code, output, error) = await HerzRunner.RunAsync(
            ["load", $"{server.Url}", "--grpc", Unary, "--body", """{"inner": {"name": "é"}, "numbers": [1, -2]}""", "-H", "X-Tag: blue", "--timeout", "7s", .. s_quick, "--expect", "errors<=0"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("statuses   OK: 30", output, StringComparison.Ordinal);
        Assert.Equal(30, _log.Seen.Count);
        Assert.All(_log.Seen, seen =>
        {
            Assert.Equal(new Everything { Inner = new Inner { Name = "é" }, Numbers = { 1, -2 } }, seen.Request);
            Assert.Equal("blue", seen.Tag);
        });
    }

    [Fact]
    public async Task Load_Protoset_NeedsNoReflection()
    {
        var file = Descriptors.File();
        await using var server = await ServeAsync(reflects: false);

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", "herz.test.Calls/Old", "--protoset", file, "--body", """{"name":"n","part":{"size":3}}""", .. s_quick, "--expect", "errors<=0"]);
        File.Delete(file);

        Assert.True(code == 0, output + error);
        Assert.Equal(new Legacy { Name = "n", Part = new Legacy.Types.Part { Size = 3 } }, _log.Old.First());
    }

    [Fact]
    public async Task Load_OverTls_IsAnswered()
    {
        using var certificate = TestServer.SelfSigned();
        await using var server = await TestServer.StartTlsAsync(app => Map(app, null, reflects: true), certificate, Services);

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--insecure", .. s_quick, "--expect", "errors<=0"]);

        Assert.True(code == 0, output + error);
    }

    [Theory]
    [InlineData("ResourceExhausted", "RESOURCE_EXHAUSTED", true)]
    [InlineData("Unavailable", "UNAVAILABLE", true)]
    [InlineData("DeadlineExceeded", "DEADLINE_EXCEEDED", true)]
    [InlineData("NotFound", "NOT_FOUND", false)]
    public async Task Load_StatusOfTheServer_IsCountedByName(string thrown, string name, bool isRefusal)
    {
        await using var server = await ServeAsync();

        var (_, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--body", $$"""{"aString":"{{thrown}}"}""", .. s_quick]);

        Assert.Contains($"statuses   {name}: 30", output, StringComparison.Ordinal);
        Assert.Contains(isRefusal ? "ok 0, refused 30, failed 0" : "ok 0, refused 0, failed 30", output, StringComparison.Ordinal);
        Assert.Equal(isRefusal, output.Contains($"refusals   {name} because of {thrown}: 30", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Load_MissingAnswer_TimesOutAndSendsTheDeadlineToTheServer()
    {
        await using var server = await ServeAsync();

        var (_, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--body", """{"aString":"wait"}""", "--timeout", "900ms", "--rate", "20", "--for", "200ms", "--warmup", "0s"]);

        // The server may end a call shortly before the client does.
        Assert.Matches("none of 4 requests \\(4 timed out\\)|(timed out|DEADLINE_EXCEEDED): [1-4]", output + error);
        Assert.All(_log.Seen, seen => Assert.True(seen.Deadline < DateTime.MaxValue - DateTime.UnixEpoch));
    }

    [Fact]
    public async Task Load_BrokenOff_ReportsResultsSoFar()
    {
        using var stop = new CancellationTokenSource();
        await using var server = await ServeAsync();
        var waiting = 0;
        _log.Waiting = () =>
        {
            if (Interlocked.Increment(ref waiting) == 10)
            {
                stop.Cancel();
            }
        };

        var (code, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--body", """{"aString":"wait"}""", "--rate", "50", "--for", "10m", "--warmup", "0s"], stop.Token);

        Assert.Equal(130, code);
        Assert.Matches(@"no answer  broken off: 1\d", output);
    }

    [Fact]
    public async Task Load_ScenarioWithTwoMethods_CountsEach()
    {
        await using var server = await ServeAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $$"""
            base: {{server.Url}}
            rate: 100
            for: 300ms
            warmup: 0s
            requests:
              - grpc: {{Unary}}
                weight: 2
                body: '{"word": "w"}'
              - grpc: herz.test.Calls/Old
                name: old
                body: '{"name": "n"}'
            """, Ct);

        var (code, output, error) = await HerzRunner.RunAsync(["load", "--scenario", file, "--expect", "errors<=0"]);
        File.Delete(file);

        Assert.True(code == 0, output + error);
        Assert.Contains("herz.test.Calls/Unary: 20 requests, ok 20", output, StringComparison.Ordinal);
        Assert.Contains("old: 10 requests, ok 10", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("herz.test.Missing/Unary", "", "has no service herz.test.Missing; it has herz.test.Calls")]
    [InlineData("herz.test.Calls/Unry", "", "the service herz.test.Calls has no method Unry; it has Old, Unary, Watch")]
    [InlineData("herz.test.Calls/Watch", "", "herz.test.Calls/Watch is a streaming method")]
    [InlineData(Unary, """{"inner":{"nme":1}}""", "the body of herz.test.Calls/Unary, field inner.nme: herz.test.Inner has no such field")]
    [InlineData("Unary", "", "--grpc is 'Unary'")]
    public async Task Load_InvalidMethodOrBody_ReturnsTwoBeforeAnyCall(string method, string body, string expected)
    {
        await using var server = await ServeAsync();

        var (code, output, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", method, "--body", body, .. s_quick]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(_log.Seen);
    }

    [Theory]
    [InlineData("--http", "1.1", "gRPC requires 2")]
    [InlineData("--method", "PUT", "--method cannot be combined with --grpc")]
    [InlineData("--header", "TE: trailers", "is set by herz in gRPC calls")]
    [InlineData("--header", "a|b: c", "is not valid gRPC metadata")]
    [InlineData("--protoset", "/does/not/exist", "--protoset cannot read /does/not/exist")]
    public async Task Load_OptionNotValidForGrpc_ReturnsTwo(string option, string value, string expected)
    {
        await using var server = await ServeAsync();

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, option, value, .. s_quick]);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Load_UrlWithAPath_ReturnsTwo()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["load", "http://127.0.0.1:1/orders", "--grpc", Unary]);

        Assert.Equal(2, code);
        Assert.Contains("it must be the server without a path, such as http://127.0.0.1:1", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "lacks google/protobuf/any.proto, which GrpcCalls/calls.proto imports")]
    [InlineData(true, "is not a descriptor set")]
    public async Task Load_IncompleteProtoset_ReturnsTwo(bool isGarbage, string expected)
    {
        await using var server = await ServeAsync();
        var file = Descriptors.File(withImports: false);
        if (isGarbage)
        {
            await File.WriteAllTextAsync(file, "syntax = \"proto3\";", Ct);
        }

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--protoset", file]);
        File.Delete(file);

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ServerWithoutReflection_NamesTheOption()
    {
        await using var server = await ServeAsync(reflects: false);

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary]);

        Assert.Equal(2, code);
        Assert.Contains("has no gRPC reflection (v1 or v1alpha); pass the descriptors with --protoset FILE", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Load_ServerWithHttp1Only_ReturnsThree()
    {
        await using var server = await TestServer.AlwaysAsync(context => context.Response.WriteAsync("ok", Ct));

        var (code, _, error) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--timeout", "5s"]);

        Assert.Equal(3, code);
        Assert.Contains("does not answer gRPC", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Load_AnswerThatIsNotGrpc_IsCounted()
    {
        var file = Descriptors.File();
        var number = 0;
        await using var server = await TestServer.StartAsync(app => app.Run(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref number) % 2 == 0 ? 200 : 502;
            return context.Response.WriteAsync("<html></html>", Ct);
        }), HttpProtocols.Http2);

        var (_, output, _) = await HerzRunner.RunAsync(["load", $"{server.Url}", "--grpc", Unary, "--protoset", file, .. s_quick]);
        File.Delete(file);

        Assert.Contains("statuses   502: 15", output, StringComparison.Ordinal);
        Assert.Contains("no answer  not gRPC: 15", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_NoListener_ReturnsThree()
    {
        var (code, _, error) = await HerzRunner.RunAsync(["load", "http://127.0.0.1:1", "--grpc", Unary]);

        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
