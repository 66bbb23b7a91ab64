using Herz.Resilience.BackgroundWork;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

public sealed class WorkShutdownTests : IAsyncDisposable
{
    private readonly WorkHost _host = new(maxConcurrency: 20, queueLimit: 3);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // The callbacks end only when all of them run at once: one after the other, they would wait for ever.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_WithTwentyLoopsWhoseCallbacksBlock_RunsTheCallbacksAtOnce(bool dedicated)
    {
        using var together = new CountdownEvent(20);
        var items = Enumerable.Range(0, 20).Select(index => Loop($"loop {index}", dedicated, () =>
        {
            together.Signal();
            Assert.True(together.Wait(WaitLimit));
        })).ToArray();
        await Task.WhenAll(items.Select(static item => item.Started));

        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);

        foreach (var item in items)
        {
            Assert.Contains(await OutcomeAsync(item.Item), new[] { WorkOutcome.Cancelled, WorkOutcome.Succeeded });
        }

        Assert.DoesNotContain(_host.Logs.Entries, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Stop_WithALoopThatEndsBeforeItsCallback_WaitsForTheCallback()
    {
        using var release = new ManualResetEventSlim();
        var (item, started) = Loop("flushes", dedicated: false, release.Wait);
        await started;

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        Assert.False(stop.IsCompleted);
        release.Set();

        await stop.WaitAsync(WaitLimit);
        Assert.DoesNotContain(_host.Logs.Entries, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Stop_WithALoopThatEndsAndACallbackThatHangs_EndsAfterTheGracePeriodAndNamesTheWork()
    {
        using var release = new ManualResetEventSlim();
        var (item, started) = Loop("hangs", dedicated: false, release.Wait);
        await started;

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        await OutcomeAsync(item);
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        await stop.WaitAsync(WaitLimit);
        Assert.Contains(_host.Logs.Entries, static entry => entry.EventId == 806 && entry.Message.Contains("hangs (1)", StringComparison.Ordinal));
        release.Set();
    }

    [Fact]
    public async Task Stop_OfAHostWithLessTime_CancelsTheWorkBeforeItIsCut()
    {
        await using var host = new WorkHost(configure: static services => services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(5)));
        var started = Signal();
        var item = host.Work.Run("long", WaitFor(started));
        await started.Task.WaitAsync(WaitLimit);

        var stop = host.Hosted.StopAsync(CancellationToken.None);
        host.Time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(item.Completion.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        await stop.WaitAsync(WaitLimit);
        Assert.Contains(host.Logs.Entries, static entry => entry.EventId == 805 && entry.Message.Contains("00:00:02.5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_WithCallbacksThatHang_EndsWithTheHostsTimeoutAndNamesTheWork()
    {
        using var release = new ManualResetEventSlim();
        using var hostTimeout = new CancellationTokenSource();
        var (started, end) = (Signal(), Signal());
        _host.Work.Run("hangs", token =>
        {
            token.Register(release.Wait);
            started.SetResult();
            return end.Task;
        });
        await started.Task.WaitAsync(WaitLimit);

        var stop = _host.Hosted.StopAsync(hostTimeout.Token);
        Assert.False(stop.IsCompleted);
        await hostTimeout.CancelAsync();
        await stop.WaitAsync(WaitLimit);

        var entry = Assert.Single(_host.Logs.Entries, static entry => entry.Level >= LogLevel.Warning);
        Assert.Equal(808, entry.EventId);
        Assert.Contains("hangs (1)", entry.Message);
        release.Set();
        end.SetResult();
    }

    [Fact]
    public async Task Stop_WithALoopWhoseCallbackHangs_WaitsOnlyForItsGracePeriod()
    {
        using var release = new ManualResetEventSlim();
        var end = Signal();
        var (item, started) = Loop("hangs", dedicated: false, release.Wait, end.Task);
        await started;

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        await stop.WaitAsync(WaitLimit);
        Assert.Contains(_host.Logs.Entries, static entry => entry.EventId == 806 && entry.Message.Contains("hangs (1)", StringComparison.Ordinal));
        release.Set();
        end.SetResult();
    }

    [Fact]
    public async Task Stop_WithACallbackThatThrows_CancelsTheOthers()
    {
        var items = Enumerable.Range(0, 5).Select(index => Loop($"loop {index}", dedicated: false, static () => throw new InvalidOperationException("callback"))).ToArray();
        await Task.WhenAll(items.Select(static item => item.Started));

        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);

        await EventuallyAsync(() => _host.Logs.Entries.Count(static entry => entry.EventId == 809) == 5);
    }

    [Fact]
    public async Task Stop_WithWaitingWork_RunsItAndNeverRunsAWaitingLoop()
    {
        await using var host = new WorkHost();
        var end = await host.FillAsync();
        var waiting = host.Work.Run("waiting", _ => Task.CompletedTask);
        var loop = host.Work.Run("loop", _ => throw new InvalidOperationException("a cancelled loop ran"), new WorkItemOptions { Deadline = Timeout.InfiniteTimeSpan });

        var stop = host.Hosted.StopAsync(CancellationToken.None);

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(loop));
        Assert.False(waiting.Completion.IsCompleted);
        end.SetResult();
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(waiting));
        await stop.WaitAsync(WaitLimit);
    }

    [Fact]
    public async Task Stop_PastTheDrainTimeout_NeverRunsWhatStillWaits()
    {
        await using var host = new WorkHost();
        var end = await host.FillAsync();
        var waiting = host.Work.Run("waiting", _ => throw new InvalidOperationException("cancelled work ran"), new WorkItemOptions { Deadline = TimeSpan.FromHours(1) });

        var stop = host.Hosted.StopAsync(CancellationToken.None);
        host.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(waiting));
        end.SetResult();
        await stop.WaitAsync(WaitLimit);
    }

    [Fact]
    public async Task Stop_CalledTwice_WaitsForTheSameDrain()
    {
        var started = Signal();
        _host.Work.Run("long", WaitFor(started));
        await started.Task.WaitAsync(WaitLimit);

        var first = _host.Hosted.StopAsync(CancellationToken.None);
        var second = _host.Hosted.StopAsync(CancellationToken.None);
        using var impatient = new CancellationTokenSource();
        var third = _host.Hosted.StopAsync(impatient.Token);
        await impatient.CancelAsync();
        await third.WaitAsync(WaitLimit);
        Assert.False(second.IsCompleted);
        _host.Time.Advance(TimeSpan.FromSeconds(20));
        await Task.WhenAll(first, second).WaitAsync(WaitLimit);

        Assert.Single(_host.Logs.Entries, static entry => entry.EventId == 805);
        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);
    }

    [Fact]
    public async Task Stop_WithPeriodicWork_StartsNoRunAndLogsNoRefusal()
    {
        var runs = 0;
        using var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), _ =>
        {
            Interlocked.Increment(ref runs);
            return Task.CompletedTask;
        });

        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);
        _host.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, runs);
        Assert.DoesNotContain(_host.Logs.Entries, static entry => entry.EventId == 807);
    }

    [Fact]
    public async Task Stop_WithAPeriodicRunThatIgnoresItsToken_AbandonsItAndRunsItNoMore()
    {
        var (started, end) = (Signal(), Signal());
        var runs = 0;
        using var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), _ =>
        {
            Interlocked.Increment(ref runs);
            started.TrySetResult();
            return end.Task;
        });
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await started.Task.WaitAsync(WaitLimit);

        var stop = _host.Hosted.StopAsync(CancellationToken.None);
        _host.Time.Advance(TimeSpan.FromSeconds(20));
        await _host.Logs.WaitAsync(static entry => entry.EventId == 805);
        await EventuallyAsync(() => _host.Runner.Snapshot() is [{ IsCancelled: true }]);
        while (!stop.IsCompleted)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Contains(_host.Logs.Entries, static entry => entry.EventId == 806 && entry.Message.Contains("tick (1)", StringComparison.Ordinal));
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task RunPeriodic_DisposedDuringARunThatIgnoresItsToken_AbandonsItAndRunsNoMore()
    {
        var (started, end) = (Signal(), Signal());
        var runs = 0;
        var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), _ =>
        {
            Interlocked.Increment(ref runs);
            started.TrySetResult();
            return end.Task;
        });
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await started.Task.WaitAsync(WaitLimit);
        var run = Assert.Single(_host.Runner.Snapshot());

        periodic.Dispose();
        periodic.Dispose();
        await EventuallyAsync(() => run.IsCancelled);
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(run));
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Dispose_WithoutStop_CancelsTheWorkAndRefusesNew()
    {
        var host = new WorkHost();
        var (started, stubborn) = (Signal(), Signal());
        var item = host.Work.Run("runs", WaitFor(started));
        var ignoring = host.Work.Run("ignores-token", Until(stubborn, Signal().Task));
        await Task.WhenAll(started.Task, stubborn.Task).WaitAsync(WaitLimit);
        var waiting = host.Work.Run("waiting", _ => throw new InvalidOperationException("cancelled work ran"));

        await host.DisposeAsync();
        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(waiting));
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(ignoring));
        Assert.Throws<WorkRejectedException>(() => host.Work.Run("late", _ => Task.CompletedTask));
    }

    private (IWorkItem Item, Task Started) Loop(string name, bool dedicated, Action onCancel, Task? end = null)
    {
        var started = Signal();
        var item = dedicated
            ? _host.Work.RunDedicated(name, token =>
            {
                token.Register(onCancel);
                started.SetResult();
                token.WaitHandle.WaitOne();
            })
            : _host.Work.Run(
                name,
                async token =>
                {
                    token.Register(onCancel);
                    var stopped = end ?? Task.Delay(Timeout.InfiniteTimeSpan, token);
                    started.SetResult();
                    await stopped;
                },
                new WorkItemOptions { Deadline = Timeout.InfiniteTimeSpan });
        return (item, started.Task.WaitAsync(WaitLimit));
    }
}
