using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.PendingWork;
using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

/// <summary>A leak whose first captures are refused, as on a busy heap near the memory limit: reported at once without a name, and named later.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class RefusedCaptureTests
{
    private const int PerWindow = 8;

    private readonly List<object> _never = [];

    [Fact]
    public async Task FirstRefusal_ReportsTheEndpointWithTheReason_AndALaterCaptureNamesIt()
    {
        var capturer = new RefusingCapturer();
        await using var app = await WatchedApp.StartAsync(
            web => web.MapGet("/orders/{id}", () => { _ = LeakAsync(); }), build: builder => builder.Services.AddSingleton<Capturer>(capturer));
        await app.RunAsync(3, "/orders/7", PerWindow);

        var unnamed = Assert.Single(app.Board.Current);
        Assert.Equal(1, capturer.Captures);
        Assert.Equal(("GET /orders/{id}", null, 0), (unnamed.Origin, unnamed.Method, unnamed.Pending));
        Assert.Contains("memory is low", Assert.Single(app.Logs.Entries, static entry => entry.EventId == 904).Message);

        capturer.Refuses = false;
        await app.RunAsync(1, "/orders/7", PerWindow);

        var named = Assert.Single(app.Board.Current);
        Assert.EndsWith(nameof(LeakAsync), named.Method, StringComparison.Ordinal);
        Assert.Equal([LeakStatus.Suspected, LeakStatus.Suspected], app.Board.History.Select(static change => change.Status));
    }

    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_never)
        {
            _never.Add(never);
        }

        await never.Task;
    }

    private sealed class RefusingCapturer : Capturer
    {
        public bool Refuses { get; set; } = true;

        public int Captures { get; private set; }

        protected override PendingWorkProfile Capture(PendingWorkOptions options)
        {
            Captures++;
            Assert.False(options.Threads);
            return Refuses ? new CaptureRun([], TimeProvider.System).Refuse(options, "memory is low") : base.Capture(options);
        }
    }
}
