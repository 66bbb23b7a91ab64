using System.Diagnostics.Metrics;
using System.Net;
using Herz.Resilience.Pipeline;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>An exception in a guard or in a hook of the app is logged and counted, and the request continues.</summary>
public sealed class GuardFaultTests
{
    [Theory]
    [InlineData("arrive")]
    [InlineData("arrive with a faulted task")]
    [InlineData("arrive later")]
    [InlineData("arrive with a cancellation of the guard")]
    [InlineData("enter")]
    [InlineData("enter with a faulted task")]
    [InlineData("enter later")]
    [InlineData("enter with a cancellation of the guard")]
    [InlineData("exit")]
    public async Task Guard_ThatThrows_IsSkipped(string moment)
    {
        var guard = new FaultyGuard(moment);
        await using var app = await StartAsync(guard);

        Assert.Equal("ok", await app.Client.GetStringAsync("/"));
        Assert.Equal("ok", await app.Client.GetStringAsync("/"));

        var at = moment.Split(' ')[0];
        Assert.Equal(2, await Scrape.SumAsync(app.Client, "herz_guard_faults_total", "guard=\"load_shedding\"", $"moment=\"{at}\""));
        Assert.Equal(2, app.Logs.Entries.Count(entry => entry is { EventId: 101, Exception.Message: "faulty" }));
        Assert.Equal(2, guard.Exits);
        Assert.Equal(2, await Scrape.RequestsAsync(app.Client, "status=\"200\"", "outcome=\"ok\""));
    }

    [Fact]
    public async Task Refusal_WithThrowingHeaders_IsStillSent()
    {
        await using var app = await StartAsync(new FaultyGuard("enter with headers"));

        var answer = await app.Client.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Refused.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_guard_faults_total", "moment=\"refuse\""));
    }

    [Fact]
    public async Task HookOfTheApp_ThatThrows_IsSkipped()
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"),
            build: static builder => builder.UseHerzResilience(static herz =>
            {
                herz.RateLimiting.Policies["key"] = new RateLimitPolicyOptions { PartitionKey = static _ => throw new InvalidOperationException("faulty") };
            }));

        Assert.Equal("ok", await app.Client.GetStringAsync("/"));
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_guard_faults_total", "guard=\"rate_limiting\""));
    }

    [Fact]
    public async Task ListenerOfTheMeter_ThatThrows_HarmsNoRequest()
    {
        await using var app = await TestApp.StartAsync(static web => web.MapGet("/", () => "ok"));
        var meter = app.Services.GetRequiredService<HerzMeter>().Meter;
        using var listener = new MeterListener { InstrumentPublished = (instrument, own) => { if (instrument.Meter == meter) { own.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("faulty"));
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("faulty"));
        listener.Start();

        Assert.Equal("ok", await app.Client.GetStringAsync("/"));
        Assert.Contains(app.Logs.Entries, entry => entry is { EventId: 101, Exception.Message: "faulty" });
    }

    [Fact]
    public async Task LogOfTheApp_ThatThrows_HarmsNoRequest()
    {
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", () => "ok"),
            build: static builder =>
            {
                builder.Services.AddSingleton<RequestGuard>(new FaultyGuard("enter"));
                builder.Logging.AddProvider(new FaultyLog());
            });

        Assert.Equal("ok", await app.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task CallbackOfTheApp_ThatThrowsAtTheDeadline_IsLoggedAndCounted()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            web => web.MapGet("/", async (HttpContext context) =>
            {
                context.RequestAborted.Register(static () => throw new InvalidOperationException("faulty"));
                entered.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            }),
            new() { ["Deadlines:Tiers:Api"] = "00:00:00.800" },
            time);

        var answer = app.Client.GetAsync("/");
        await entered.Task;
        time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await answer).StatusCode);
        var logged = await app.Logs.WaitAsync(static entry => entry.EventId == 102);
        Assert.Equal("faulty", logged.Exception?.InnerException?.Message);
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_guard_faults_total", "moment=\"callback\""));
    }

    private static Task<TestApp> StartAsync(FaultyGuard guard) => TestApp.StartAsync(
        static web => web.MapGet("/", () => "ok"), build: builder => builder.Services.AddSingleton<RequestGuard>(guard));

    private sealed class FaultyLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Herz", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("faulty");

        public void Dispose()
        {
        }
    }
}
