using System.Diagnostics;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

public sealed class BackgroundWorkTests : IAsyncDisposable
{
    private readonly WorkHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Run_ThatReturns_Succeeds()
    {
        var item = _host.Work.Run("fine", _ => Task.CompletedTask);

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_ThatThrows_FailsAndIsLoggedByName()
    {
        var item = _host.Work.Run("broken", _ => throw new InvalidOperationException("no"));

        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(item));
        Assert.Contains(_host.Logs.Entries, entry => entry is { EventId: 801, Exception: InvalidOperationException } && entry.Message.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_PastTheDefaultDeadline_TimesOut()
    {
        var started = Signal();
        var item = _host.Work.Run("slow", WaitFor(started));
        await started.Task.WaitAsync(WaitLimit);

        _host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(item.Completion.IsCompleted);
        _host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkOutcome.TimedOut, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_ThatIgnoresItsToken_IsLoggedAfterTheGracePeriodAndKeepsItsPlaceUntilItEnds()
    {
        var started = Signal();
        var end = Signal();
        var item = _host.Work.Run("ignores-token", async _ =>
        {
            started.SetResult();
            await end.Task;
        });
        await started.Task.WaitAsync(WaitLimit);

        _host.Time.Advance(TimeSpan.FromSeconds(30));
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        await _host.Logs.WaitAsync(entry => entry.EventId == 803 && entry.Message.Contains("ignores-token", StringComparison.Ordinal));
        var runner = _host.Runner;
        Assert.Contains(item, runner.Snapshot());
        end.SetResult();
        await EventuallyAsync(() => runner.Snapshot().Length == 0);
        Assert.Contains(_host.Logs.Entries, entry => entry.EventId == 804);
    }

    [Fact]
    public async Task Run_WithDifferentDeadlines_TimesOutEachAtItsOwn()
    {
        var started = 0;
        int[] deadlines = [7, 3];
        var items = deadlines.Select(seconds => (WorkItem)_host.Work.Run(
            $"of {seconds}",
            async token =>
            {
                Interlocked.Increment(ref started);
                await Task.Delay(Timeout.Infinite, token);
            },
            new WorkItemOptions { Deadline = TimeSpan.FromSeconds(seconds) })).ToArray();
        while (Volatile.Read(ref started) < items.Length)
        {
            await Task.Yield();
        }

        for (var passed = 1; passed <= 7; passed++)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            foreach (var item in items.Where(item => item.Deadline == TimeSpan.FromSeconds(passed)))
            {
                Assert.Equal(WorkOutcome.TimedOut, await OutcomeAsync(item));
            }

            Assert.All(items.Where(item => item.Deadline > TimeSpan.FromSeconds(passed)), static item => Assert.False(item.Completion.IsCompleted));
        }
    }

    [Fact]
    public async Task Run_ThatReturnsNull_FailsWithAMessage()
    {
        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_host.Work.Run("empty", _ => null!)));

        Assert.Contains("\"empty\" returned null", Assert.Single(_host.Logs.Entries, static entry => entry.Exception is not null).Exception!.Message);
    }

    [Fact]
    public async Task Run_WithAnUnreachableDeadline_DoesNotAffectOtherDeadlines()
    {
        await OutcomeAsync(_host.Work.Run("huge", _ => Task.CompletedTask, new WorkItemOptions { Deadline = TimeSpan.MaxValue }));
        var started = Signal();
        var item = _host.Work.Run("short", WaitFor(started), new WorkItemOptions { Deadline = TimeSpan.FromSeconds(1) });
        await started.Task.WaitAsync(WaitLimit);

        _host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkOutcome.TimedOut, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_WhenMeterListenerAndLogThrow_KeepsOutcomesAndFreesPlaces()
    {
        var own = _host.Services.GetRequiredService<HerzMeter>().Meter;
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == own)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.Start();
        _host.Logs.Throws = true;

        // First more work than places, one after the other; then work to be abandoned on a thread without a catch block.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_host.Work.Run("fine", _ => Task.CompletedTask)));
            Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_host.Work.Run("fails", _ => throw new InvalidOperationException())));
        }

        var (started, end) = (Signal(), Signal());
        var abandoned = (WorkItem)_host.Work.Run("ignores-token", _ =>
        {
            started.SetResult();
            return end.Task;
        });
        await started.Task.WaitAsync(WaitLimit);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await EventuallyAsync(() => abandoned.IsCancelled);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(abandoned));
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
    }

    [Fact]
    public async Task RunPeriodic_WhenTheLogThrowsWhileTheQueueIsFull_Continues()
    {
        var ran = Signal();
        var end = await _host.FillAsync();
        for (var i = 0; i < 3; i++)
        {
            _host.Work.Run("waits", _ => Task.CompletedTask);
        }

        _host.Logs.Throws = true;
        using var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), _ =>
        {
            ran.TrySetResult();
            return Task.CompletedTask;
        });
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);

        _host.Time.Advance(TimeSpan.FromSeconds(1));

        await ran.Task.WaitAsync(WaitLimit);
    }

    [Fact]
    public async Task Cancel_OfRunningWork_Cancels()
    {
        var started = Signal();
        var item = _host.Work.Run("long", WaitFor(started));
        await started.Task.WaitAsync(WaitLimit);

        item.Cancel();

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_WithAFullQueue_RefusesAndNamesTheLimits()
    {
        var end = await _host.FillAsync();
        for (var index = 0; index < 3; index++)
        {
            _host.Work.Run("waits", _ => Task.CompletedTask);
        }

        var error = Assert.Throws<WorkRejectedException>(() => _host.Work.Run("one too many", _ => Task.CompletedTask));

        Assert.Contains("one too many", error.Message);
        Assert.Contains("Herz:BackgroundWork:MaxConcurrency", error.Message);
        Assert.False(_host.Work.TryRun("one too many", _ => Task.CompletedTask, out _));
        end.SetResult();
    }

    [Fact]
    public async Task RunOnce_WithTheSameKey_ReturnsTheSameWork()
    {
        var end = Signal();
        var first = _host.Work.RunOnce("refresh", "a", _ => end.Task);

        Assert.Same(first, _host.Work.RunOnce("refresh", "a", _ => end.Task));
        Assert.NotSame(first, _host.Work.RunOnce("refresh", "b", _ => end.Task));
        end.SetResult();
        await OutcomeAsync(first);
        await EventuallyAsync(() => !_host.Runner.Snapshot().Contains(first));
        Assert.NotSame(first, _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask));
    }

    [Fact]
    public async Task RunPeriodic_NeverOverlapsAndRestartsItsPeriodAfterTheWork()
    {
        var runs = new SemaphoreSlim(0);
        var end = Signal();
        var count = 0;
        using var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), async _ =>
        {
            Interlocked.Increment(ref count);
            runs.Release();
            await end.Task;
        });

        _host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await runs.WaitAsync(WaitLimit));
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, Volatile.Read(ref count));
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await runs.WaitAsync(WaitLimit));
    }

    [Fact]
    public async Task RunDedicated_RunsOnItsOwnThreadUntilTheAppStops()
    {
        var name = new TaskCompletionSource<string?>();
        var item = _host.Work.RunDedicated("pump", token =>
        {
            name.SetResult(Thread.CurrentThread.Name);
            token.WaitHandle.WaitOne();
        });

        Assert.Equal("pump", await name.Task.WaitAsync(WaitLimit));
        await _host.Hosted.StopAsync(CancellationToken.None);
        Assert.NotEqual(WorkOutcome.Failed, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Stop_DrainsAcceptedWorkAndRefusesNewWork()
    {
        var end = await _host.FillAsync();
        var waiting = _host.Work.Run("waiting", _ => Task.CompletedTask);

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        Assert.Throws<WorkRejectedException>(() => _host.Work.Run("late", _ => Task.CompletedTask));
        Assert.False(stop.IsCompleted);
        end.SetResult();
        await stop.WaitAsync(WaitLimit);

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(waiting));
    }

    [Fact]
    public async Task Stop_PastTheDrainTimeout_CancelsAndNamesTheRemainingWork()
    {
        var started = Signal();
        var item = _host.Work.Run("endless", WaitFor(started), new WorkItemOptions { Deadline = TimeSpan.FromHours(1) });
        await started.Task.WaitAsync(WaitLimit);

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        _host.Time.Advance(TimeSpan.FromSeconds(20));
        await stop.WaitAsync(WaitLimit);

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        Assert.Contains(_host.Logs.Entries, entry => entry.EventId == 805 && entry.Message.Contains("endless (1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_FromARequest_HasItsOriginAndNotItsScope()
    {
        var seen = new TaskCompletionSource<bool>();
        IWorkItem? item = null;
        await using var app = await TestApp.StartAsync(web => web.MapPost("/orders/{id}", (IBackgroundWork work) =>
        {
            item = work.Run("send-receipt", _ =>
            {
                seen.SetResult(RequestScope.Current is not null);
                return Task.CompletedTask;
            });
        }));

        (await app.Client.PostAsync("/orders/7", null)).EnsureSuccessStatusCode();
        var hasScope = await seen.Task.WaitAsync(WaitLimit);

        Assert.False(hasScope);
        Assert.Equal("/orders/{id}", item!.Origin);
    }

    [Fact]
    public async Task Run_WithinATrace_IsLinkedToItAndNotAChild()
    {
        const string Name = "linked-to-a-trace";

        // All hosts of the process share the source, so the name selects the activities of this test.
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Herz.Resilience" or Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Name == Name ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(Name);
        using var request = source.StartActivity(Name);
        var seen = new TaskCompletionSource<Activity?>();

        _host.Work.Run(Name, _ =>
        {
            seen.SetResult(Activity.Current);
            return Task.CompletedTask;
        });

        var activity = await seen.Task.WaitAsync(WaitLimit);
        Assert.NotNull(activity);
        Assert.NotEqual(request!.TraceId, activity.TraceId);
        Assert.Equal(request.Context, Assert.Single(activity.Links).Context);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Run_WithoutAName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => _host.Work.Run(name, _ => Task.CompletedTask));

    [Fact]
    public void Run_WithInvalidArguments_ThrowsWithTheValidValues()
    {
        Assert.Throws<ArgumentNullException>(() => _host.Work.Run("x", null!));
        Assert.Contains("above zero", Assert.Throws<ArgumentOutOfRangeException>(
            () => _host.Work.Run("x", _ => Task.CompletedTask, new WorkItemOptions { Deadline = TimeSpan.FromSeconds(-5) })).Message);
        Assert.Contains("Low, Normal or High", Assert.Throws<ArgumentOutOfRangeException>(
            () => _host.Work.Run("x", _ => Task.CompletedTask, new WorkItemOptions { Priority = (WorkPriority)9 })).Message);
        Assert.Throws<ArgumentException>(() => _host.Work.RunOnce("x", "", _ => Task.CompletedTask));
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.Work.RunPeriodic("x", TimeSpan.Zero, _ => Task.CompletedTask));
        Assert.Contains("at most 49 days", Assert.Throws<ArgumentOutOfRangeException>(() => _host.Work.RunPeriodic("x", TimeSpan.FromDays(60), _ => Task.CompletedTask)).Message);
        Assert.Throws<ArgumentNullException>(() => _host.Work.RunDedicated("x", null!));
    }
}
