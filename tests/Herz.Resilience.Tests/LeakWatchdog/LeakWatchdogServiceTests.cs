using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog;

public sealed class LeakWatchdogServiceTests
{
    [Fact]
    public async Task StepThatFails_WhereTheLogThrowsToo_DoesNotStopTheHost()
    {
        var time = new FakeTimeProvider();
        var collections = new Failing();
        await using var app = await TestApp.StartAsync(static _ => { }, build: builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddSingleton<FullCollections>(collections);
        });
        app.Logs.Throws = true;

        // Used by whoever begins under it, so that there is a window to look at.
        app.Services.GetRequiredService<OriginRegistry>().Of("GET /", OriginKind.Endpoint).Lend();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (collections.Asked < 3)
        {
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.False(app.Services.GetRequiredService<LeakWatchdogService>().ExecuteTask!.IsCompleted);
        Assert.Contains(app.Logs.Entries, static entry => entry.Exception is InvalidOperationException { Message: "collections" });
        app.Logs.Throws = false;
    }

    private sealed class Failing : FullCollections
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public override long LastStarted
        {
            get
            {
                Interlocked.Increment(ref _asked);
                throw new InvalidOperationException("collections");
            }
        }
    }
}
