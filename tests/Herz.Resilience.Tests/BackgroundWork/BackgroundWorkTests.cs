using System.Diagnostics;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.BackgroundWork;

public sealed class BackgroundWorkTests : IAsyncDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly LogSink _logs = new();
    private readonly ServiceProvider _services;
    private readonly IBackgroundWork _work;

    public BackgroundWorkTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Herz:BackgroundWork:MaxConcurrency"] = "2",
            ["Herz:BackgroundWork:QueueLimit"] = "3",
        }).Build());
        services.AddSingleton<TimeProvider>(_time);
        services.AddLogging(logging => logging.AddProvider(_logs));
        services.AddHerzBackgroundWork();
        _services = services.BuildServiceProvider();
        _work = _services.GetRequiredService<IBackgroundWork>();
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Run_ThatReturns_Succeeds()
    {
        var item = _work.Run("fine", _ => Task.CompletedTask);

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_ThatThrows_FailsAndIsLoggedByName()
    {
        var item = _work.Run("broken", _ => throw new InvalidOperationException("no"));

        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(item));
        Assert.Contains(_logs.Entries, entry => entry is { EventId: 801, Exception: InvalidOperationException } && entry.Message.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_PastTheDefaultDeadline_TimesOut()
    {
        var started = Signal();
        var item = _work.Run("slow", WaitFor(started));
        await started.Task.WaitAsync(s_timeout);

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(item.Completion.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkOutcome.TimedOut, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_ThatIgnoresItsToken_IsLoggedAfterTheGracePeriodAndKeepsItsPlaceUntilItEnds()
    {
        var started = Signal();
        var end = Signal();
        var item = _work.Run("ignores-token", async _ =>
        {
            started.SetResult();
            await end.Task;
        });
        await started.Task.WaitAsync(s_timeout);

        _time.Advance(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        await _logs.WaitAsync(entry => entry.EventId == 803 && entry.Message.Contains("ignores-token", StringComparison.Ordinal));
        var runner = _services.GetRequiredService<WorkRunner>();
        Assert.Contains(item, runner.Snapshot());
        end.SetResult();
        await runner.CloseAsync().WaitAsync(s_timeout);
        Assert.Contains(_logs.Entries, entry => entry.EventId == 804);
    }

    [Fact]
    public async Task Run_WithDifferentDeadlines_TimesOutEachAtItsOwn()
    {
        var started = 0;
        int[] deadlines = [7, 3];
        var items = deadlines.Select(seconds => (WorkItem)_work.Run(
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
            _time.Advance(TimeSpan.FromSeconds(1));
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
        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_work.Run("empty", _ => null!)));

        Assert.Contains("\"empty\" returned null", Assert.Single(_logs.Entries, static entry => entry.Exception is not null).Exception!.Message);
    }

    [Fact]
    public async Task Run_WithAnUnreachableDeadline_DoesNotAffectOtherDeadlines()
    {
        await OutcomeAsync(_work.Run("huge", _ => Task.CompletedTask, new WorkItemOptions { Deadline = TimeSpan.MaxValue }));
        var started = Signal();
        var item = _work.Run("short", WaitFor(started), new WorkItemOptions { Deadline = TimeSpan.FromSeconds(1) });
        await started.Task.WaitAsync(s_timeout);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkOutcome.TimedOut, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Run_WhenMeterListenerAndLogThrow_KeepsOutcomesAndFreesPlaces()
    {
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("herz.background", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.Start();
        _logs.Throws = true;

        // First more work than places, one after the other; then work to be abandoned on a thread without a catch block.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_work.Run("fine", _ => Task.CompletedTask)));
            Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_work.Run("fails", _ => throw new InvalidOperationException())));
        }

        var (started, end) = (Signal(), Signal());
        var abandoned = (WorkItem)_work.Run("ignores-token", _ =>
        {
            started.SetResult();
            return end.Task;
        });
        await started.Task.WaitAsync(s_timeout);
        _time.Advance(TimeSpan.FromMinutes(1));
        await EventuallyAsync(() => abandoned.IsCancelled);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(abandoned));
        end.SetResult();
        await EventuallyAsync(() => _services.GetRequiredService<WorkRunner>().Snapshot().Length == 0);
    }

    [Fact]
    public async Task RunPeriodic_WhenTheLogThrowsWhileTheQueueIsFull_Continues()
    {
        var ran = Signal();
        var end = await FillAsync();
        for (var i = 0; i < 3; i++)
        {
            _work.Run("waits", _ => Task.CompletedTask);
        }

        _logs.Throws = true;
        using var periodic = _work.RunPeriodic("tick", TimeSpan.FromSeconds(1), _ =>
        {
            ran.TrySetResult();
            return Task.CompletedTask;
        });
        _time.Advance(TimeSpan.FromSeconds(1));
        end.SetResult();
        await EventuallyAsync(() => _services.GetRequiredService<WorkRunner>().Snapshot().Length == 0);

        _time.Advance(TimeSpan.FromSeconds(1));

        await ran.Task.WaitAsync(s_timeout);
    }

    [Fact]
    public async Task Cancel_OfRunningWork_Cancels()
    {
        var started = Signal();
        var item = _work.Run("long", WaitFor(started));
        await started.Task.WaitAsync(s_timeout);

        item.Cancel();

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Cancel_OfWaitingWork_NeverRunsIt()
    {
        var end = await FillAsync();
        var ran = false;
        var item = _work.Run("waiting", _ =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        item.Cancel();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(item.Completion.IsCompleted);
        end.SetResult();

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        Assert.False(ran);
    }

    [Fact]
    public async Task Run_WithAFullQueue_RefusesAndNamesTheLimits()
    {
        var end = await FillAsync();
        for (var index = 0; index < 3; index++)
        {
            _work.Run("waits", _ => Task.CompletedTask);
        }

        var error = Assert.Throws<WorkRejectedException>(() => _work.Run("one too many", _ => Task.CompletedTask));

        Assert.Contains("one too many", error.Message);
        Assert.Contains("Herz:BackgroundWork:MaxConcurrency", error.Message);
        Assert.False(_work.TryRun("one too many", _ => Task.CompletedTask, out _));
        end.SetResult();
    }

    [Fact]
    public async Task RunOnce_WithTheSameKey_ReturnsTheSameWork()
    {
        var end = Signal();
        var first = _work.RunOnce("refresh", "a", _ => end.Task);

        Assert.Same(first, _work.RunOnce("refresh", "a", _ => end.Task));
        Assert.NotSame(first, _work.RunOnce("refresh", "b", _ => end.Task));
        end.SetResult();
        await OutcomeAsync(first);
        await EventuallyAsync(() => !_services.GetRequiredService<WorkRunner>().Snapshot().Contains(first));
        Assert.NotSame(first, _work.RunOnce("refresh", "a", _ => Task.CompletedTask));
    }

    [Fact]
    public async Task RunPeriodic_NeverOverlapsAndRestartsItsPeriodAfterTheWork()
    {
        var runs = new SemaphoreSlim(0);
        var end = Signal();
        var count = 0;
        using var periodic = _work.RunPeriodic("tick", TimeSpan.FromSeconds(1), async _ =>
        {
            Interlocked.Increment(ref count);
            runs.Release();
            await end.Task;
        });

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await runs.WaitAsync(s_timeout));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, Volatile.Read(ref count));
        end.SetResult();
        await EventuallyAsync(() => _services.GetRequiredService<WorkRunner>().Snapshot().Length == 0);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await runs.WaitAsync(s_timeout));
    }

    [Fact]
    public async Task RunDedicated_RunsOnItsOwnThreadUntilTheAppStops()
    {
        var name = new TaskCompletionSource<string?>();
        var item = _work.RunDedicated("pump", token =>
        {
            name.SetResult(Thread.CurrentThread.Name);
            token.WaitHandle.WaitOne();
        });

        Assert.Equal("pump", await name.Task.WaitAsync(s_timeout));
        await Hosted().StopAsync(CancellationToken.None);
        Assert.NotEqual(WorkOutcome.Failed, await OutcomeAsync(item));
    }

    [Fact]
    public async Task Stop_DrainsAcceptedWorkAndRefusesNewWork()
    {
        var end = await FillAsync();
        var waiting = _work.Run("waiting", _ => Task.CompletedTask);

        var stop = Hosted().StopAsync(CancellationToken.None);
        Assert.Throws<WorkRejectedException>(() => _work.Run("late", _ => Task.CompletedTask));
        Assert.False(stop.IsCompleted);
        end.SetResult();
        await stop.WaitAsync(s_timeout);

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(waiting));
    }

    [Fact]
    public async Task Stop_PastTheDrainTimeout_CancelsAndNamesTheRemainingWork()
    {
        var started = Signal();
        var item = _work.Run("endless", WaitFor(started), new WorkItemOptions { Deadline = TimeSpan.FromHours(1) });
        await started.Task.WaitAsync(s_timeout);

        var stop = Hosted().StopAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(20));
        await stop.WaitAsync(s_timeout);

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        Assert.Contains(_logs.Entries, entry => entry.EventId == 805 && entry.Message.Contains("endless (1)", StringComparison.Ordinal));
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
        var hasScope = await seen.Task.WaitAsync(s_timeout);

        Assert.False(hasScope);
        Assert.Equal("/orders/{id}", item!.Origin);
    }

    [Fact]
    public async Task Run_WithinATrace_IsLinkedToItAndNotAChild()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Herz.Resilience" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        using var request = source.StartActivity("request");
        var seen = new TaskCompletionSource<Activity?>();

        _work.Run("send-receipt", _ =>
        {
            seen.SetResult(Activity.Current);
            return Task.CompletedTask;
        });

        var activity = await seen.Task.WaitAsync(s_timeout);
        Assert.NotNull(activity);
        Assert.NotEqual(request!.TraceId, activity.TraceId);
        Assert.Equal(request.Context, Assert.Single(activity.Links).Context);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Run_WithoutAName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => _work.Run(name, _ => Task.CompletedTask));

    [Fact]
    public void Run_WithInvalidArguments_ThrowsWithTheValidValues()
    {
        Assert.Throws<ArgumentNullException>(() => _work.Run("x", null!));
        Assert.Contains("above zero", Assert.Throws<ArgumentOutOfRangeException>(
            () => _work.Run("x", _ => Task.CompletedTask, new WorkItemOptions { Deadline = TimeSpan.FromSeconds(-5) })).Message);
        Assert.Contains("Low, Normal or High", Assert.Throws<ArgumentOutOfRangeException>(
            () => _work.Run("x", _ => Task.CompletedTask, new WorkItemOptions { Priority = (WorkPriority)9 })).Message);
        Assert.Throws<ArgumentException>(() => _work.RunOnce("x", "", _ => Task.CompletedTask));
        Assert.Throws<ArgumentOutOfRangeException>(() => _work.RunPeriodic("x", TimeSpan.Zero, _ => Task.CompletedTask));
        Assert.Contains("at most 49 days", Assert.Throws<ArgumentOutOfRangeException>(() => _work.RunPeriodic("x", TimeSpan.FromDays(60), _ => Task.CompletedTask)).Message);
        Assert.Throws<ArgumentNullException>(() => _work.RunDedicated("x", null!));
    }

    private BackgroundWorkService Hosted() => _services.GetRequiredService<BackgroundWorkService>();

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task<WorkOutcome> OutcomeAsync(IWorkItem item) => item.Completion.WaitAsync(s_timeout);

    private static Func<CancellationToken, Task> WaitFor(TaskCompletionSource started) => async token =>
    {
        started.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    };

    private async Task<TaskCompletionSource> FillAsync()
    {
        var end = Signal();
        for (var index = 0; index < 2; index++)
        {
            var started = Signal();
            _work.Run("fills", _ =>
            {
                started.SetResult();
                return end.Task;
            });
            await started.Task.WaitAsync(s_timeout);
        }

        return end;
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
