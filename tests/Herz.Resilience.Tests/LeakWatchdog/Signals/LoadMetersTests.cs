using System.Diagnostics.Metrics;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog.Signals;

/// <summary>The load of an app without requests: named meters, background work, hosted loops.</summary>
public sealed class LoadMetersTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("MyApp.messages", "MyApp.messages")]
    [InlineData("MyApp.messages", "messages")]
    public async Task NamedInstrument_IsCountedPerSample(string configured, string instrument)
    {
        await using var app = await StartAsync(new() { ["LeakWatchdog:LoadMeters:0"] = configured });
        var messages = app.Services.GetRequiredService<IMeterFactory>().Create("MyApp").CreateCounter<long>(instrument);
        var watch = app.Services.GetRequiredService<SignalWatch>();
        watch.Sample();

        messages.Add(30);
        messages.Add(12, new KeyValuePair<string, object?>("queue", "orders"));
        watch.Sample();
        Assert.Equal(42, Last(app).Metered);

        messages.Add(5);
        watch.Sample();
        Assert.Equal(5, Last(app).Metered);
    }

    [Fact]
    public async Task ObservedTotalAndHistogram_AreCounted()
    {
        var total = 100L;
        await using var app = await StartAsync(new() { ["LeakWatchdog:LoadMeters:0"] = "jobs", ["LeakWatchdog:LoadMeters:1"] = "duration" });
        var meter = app.Services.GetRequiredService<IMeterFactory>().Create("MyApp");
        meter.CreateObservableCounter("jobs", () => new Measurement<long>[] { new(total, new KeyValuePair<string, object?>("kind", "a")), new(1, new KeyValuePair<string, object?>("kind", "b")) });
        var duration = meter.CreateHistogram<double>("duration");
        var watch = app.Services.GetRequiredService<SignalWatch>();
        watch.Sample();

        total += 7;
        duration.Record(0.25);
        duration.Record(12);
        watch.Sample();

        Assert.Equal(9, Last(app).Metered);
    }

    [Fact]
    public async Task MeterOfAnotherHost_IsNotCounted()
    {
        await using var app = await StartAsync(new() { ["LeakWatchdog:LoadMeters:0"] = "messages" });
        await using var other = await StartAsync([]);
        var watch = app.Services.GetRequiredService<SignalWatch>();
        watch.Sample();

        other.Services.GetRequiredService<IMeterFactory>().Create("MyApp").CreateCounter<long>("messages").Add(10);
        watch.Sample();

        Assert.Equal(0, Last(app).Metered);
    }

    [Fact]
    public async Task BackgroundWorkAndHostedLoops_AreCounted()
    {
        await using var app = await TestApp.StartAsync(static _ => { }, time: _time, build: static builder => builder.Services.AddHostedService<Ticking>());
        var watch = app.Services.GetRequiredService<SignalWatch>();
        watch.Sample();
        for (var i = 0; i < 20; i++)
        {
            await app.Services.GetRequiredService<IBackgroundWork>().Run("job", static _ => Task.CompletedTask).Completion;
        }

        watch.Sample();
        var work = Last(app).Work;
        Assert.True(work >= 20, $"{work}");

        var ticking = app.Services.GetServices<IHostedService>().OfType<Ticking>().Single();
        for (var i = 0; i < 50; i++)
        {
            await ticking.TickAsync();
        }

        watch.Sample();
        Assert.True(Last(app).Work >= 50, $"{Last(app).Work}");
    }

    [Fact]
    public async Task EmptyName_IsAMistakeWithItsKey()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new() { ["LeakWatchdog:LoadMeters:0"] = " " }));

        Assert.Contains("Herz:LeakWatchdog:LoadMeters:0 is \" \"; expected the name of an instrument", exception.Message);
    }

    private static Sample Last(TestApp app) => app.Services.GetRequiredService<SampleHistory>().Last!;

    private Task<TestApp> StartAsync(Dictionary<string, string?> settings) => TestApp.StartAsync(static _ => { }, settings, _time);

    /// <summary>A loop that handles one message at a time.</summary>
    private sealed class Ticking : BackgroundService
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource> _messages = System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();

        public async Task TickAsync()
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _messages.Writer.WriteAsync(done);
            await done.Task;
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var done in _messages.Reader.ReadAllAsync(stoppingToken))
            {
                done.SetResult();
            }
        }
    }
}
