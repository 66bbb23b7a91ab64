using System.Net;
using System.Net.Sockets;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>The abnormal ends of requests, and the objects that remain afterwards.</summary>
public sealed class RequestEndTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Client_ThatLeaves_CancelsTheToken_AndIsNoFailure()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(web => web.MapGet("/", async (HttpContext context) =>
        {
            context.Response.OnCompleted(() => { ended.SetResult(); return Task.CompletedTask; });
            await WaitAsync(context.RequestAborted);
        }));

        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await Entered;
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "status=\"499\"", "outcome=\"client_gone\""));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_ThatIsCutOff_IsNoFailureOfTheEndpoint(bool reset)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(web => web.MapPost("/", async (HttpContext context) =>
        {
            context.Response.OnCompleted(() => { ended.SetResult(); return Task.CompletedTask; });
            _entered.SetResult();
            await context.Request.Body.CopyToAsync(Stream.Null);
        }));

        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, app.Address.Port);
            await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin"u8.ToArray());
            await Entered;
            client.LingerState = new LingerOption(reset, 0);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await Scrape.RequestsAsync(app.Client, "outcome=\"server_error\""));
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "route=\"/\""));
    }

    [Fact]
    public async Task Body_TooLargeForTheServer_IsNoServerError()
    {
        await using var app = await StartAsync(web => web.MapPost("/", async (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 10;
            await context.Request.Body.CopyToAsync(Stream.Null);
        }));

        var answer = await app.Client.PostAsync("/", new ByteArrayContent(new byte[100]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "status=\"413\"", "outcome=\"ok\""));
    }

    [Fact]
    public async Task Deadline_InMiddlewareBeforeRouting_IsAnsweredWith504()
    {
        await using var app = await StartAsync(web =>
        {
            web.Use(async (context, next) =>
            {
                await WaitAsync(context.RequestAborted);
                await next(context);
            });
            web.UseRouting();
            web.MapGet("/", () => "ok");
        });

        var answer = app.Client.GetAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "route=\"unmatched\"", "status=\"504\""));
    }

    [Fact]
    public async Task Answer_AfterTheDeadline_IsSentAndIsASuccess()
    {
        await using var app = await StartAsync(web => web.MapGet("/", async (HttpContext context) =>
        {
            try
            {
                await WaitAsync(context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
            }

            return Results.Text("from the cache", statusCode: 203);
        }));

        var answer = app.Client.GetAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal("from the cache", await (await answer).Content.ReadAsStringAsync());
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "status=\"203\"", "outcome=\"ok\""));
    }

    [Fact]
    public async Task Exception_AfterTheDeadline_IsLoggedAndAnsweredWith504()
    {
        await using var app = await StartAsync(web => web.MapGet("/", async (HttpContext context) =>
        {
            try
            {
                await WaitAsync(context.RequestAborted);
            }
            catch (OperationCanceledException cancelled)
            {
                throw new TimeoutException("the database gave up", cancelled);
            }
        }));

        var answer = app.Client.GetAsync("/");
        await Entered;
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        Assert.Equal("the database gave up", (await app.Logs.WaitAsync(static entry => entry.EventId == 104)).Exception?.Message);
    }

    [Fact]
    public async Task Exception_AfterTheAnswerHasStarted_EndsTheConnection()
    {
        await using var app = await StartAsync(web => web.MapGet("/", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("too late for a status");
        }));

        using var answer = await app.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync());
        Assert.Equal(1, await Scrape.RequestsAsync(app.Client, "status=\"200\"", "outcome=\"server_error\""));
    }

    [Fact]
    public async Task Token_InWorkThatOutlivesTheRequest_IsNotCancelledLater()
    {
        CancellationToken kept = default;
        await using var app = await StartAsync(web =>
        {
            web.MapGet("/hold", (HttpContext context) => { kept = context.RequestAborted; });
            web.MapGet("/wait", async (HttpContext context) => await WaitAsync(context.RequestAborted));
        });
        await app.Client.GetAsync("/hold");

        var late = app.Client.GetAsync("/wait");
        await Entered;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await late).StatusCode);
        Assert.False(kept.IsCancellationRequested);
    }

    [Fact]
    public async Task Scope_InWorkThatOutlivesTheRequest_HasNoTokenOfTheNextRequest()
    {
        RequestScope? kept = null;
        await using var app = await StartAsync(web =>
        {
            web.MapGet("/keep", void () => kept = RequestScope.Current);
            web.MapGet("/wait", async (HttpContext context) => await WaitAsync(context.RequestAborted));
        });
        await app.Client.GetAsync("/keep");

        var late = app.Client.GetAsync("/wait");
        await Entered;
        var token = kept!.Token;
        _time.Advance(TimeSpan.FromMinutes(1));
        await late;

        Assert.False(token.CanBeCanceled);
        Assert.Null(kept.Context);
        Assert.False(kept.IsLimited);
    }

    [Fact]
    public async Task Current_OutsideOfRequests_IsNull()
    {
        var outside = new System.Collections.Concurrent.ConcurrentQueue<RequestScope?>();
        await using var app = await StartAsync(
            web => web.MapGet("/", () => RequestScope.Current is null ? "none" : "here"),
            builder => builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(new OutsideGuards(outside))));

        for (var index = 0; index < 3; index++)
        {
            Assert.Equal("here", await app.Client.GetStringAsync("/"));
        }

        // The last request may not have left yet; each earlier one has, since its connection served the next.
        Assert.InRange(outside.Count, 5, 6);
        Assert.All(outside, Assert.Null);
        Assert.Null(RequestScope.Current);
    }

    [Fact]
    public async Task Timer_StartedByARequest_KeepsNothingOfItAlive()
    {
        var kept = new List<object>();
        var context = new List<WeakReference>();
        await using (var app = await StartAsync(web => web.MapGet("/", (HttpContext http) =>
        {
            context.Add(new WeakReference(http));
            kept.Add(new Timer(static _ => { }, null, Timeout.Infinite, Timeout.Infinite));
            kept.Add(http.RequestAborted);
            kept.Add(RequestScope.Current!);
        })))
        {
            (await app.Client.GetAsync("/")).EnsureSuccessStatusCode();
        }

        Collect();

        Assert.False(Assert.Single(context).IsAlive);
        Assert.Equal(3, kept.Count);
        GC.KeepAlive(kept);
    }

    private Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    private static void Collect()
    {
        for (var index = 0; index < 3; index++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private async Task WaitAsync(CancellationToken token)
    {
        _entered.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    private Task<TestApp> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? build = null) =>
        TestApp.StartAsync(map, new() { ["Deadlines:Tiers:Api"] = "00:00:00.800", ["Deadlines:Routes:0:Pattern"] = "/", ["Deadlines:Routes:0:Api"] = "00:00:00.800" }, _time, build);

    /// <summary>Records the ambient scope outside the guards, before and after each request.</summary>
    private sealed class OutsideGuards(System.Collections.Concurrent.ConcurrentQueue<RequestScope?> seen) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, following) =>
            {
                seen.Enqueue(RequestScope.Current);
                await following(context);
                seen.Enqueue(RequestScope.Current);
            });
            next(app);
        };
    }
}
