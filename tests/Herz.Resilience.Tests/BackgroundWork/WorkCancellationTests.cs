using Herz.Resilience.BackgroundWork;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

/// <summary>Work that is cancelled before it runs or while it runs, and what takes its place.</summary>
public sealed class WorkCancellationTests : IAsyncDisposable
{
    private readonly WorkHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Cancel_OfWaitingWork_EndsItAndFreesItsPlaceAtOnce()
    {
        var end = await _host.FillAsync();
        var ran = false;
        var items = Enumerable.Range(0, 3).Select(_ => _host.Work.Run("waiting", _ =>
        {
            ran = true;
            return Task.CompletedTask;
        })).ToArray();
        Assert.False(_host.Work.TryRun("one too many", _ => Task.CompletedTask, out _));

        items[1].Cancel();

        Assert.True(items[1].Completion.IsCompleted);
        Assert.Equal(WorkOutcome.Cancelled, await items[1].Completion);
        Assert.True(_host.Work.TryRun("in its place", _ => Task.CompletedTask, out var next));
        items[0].Cancel();
        items[2].Cancel();
        end.SetResult();
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(next));
        Assert.False(ran);
    }

    [Fact]
    public async Task Cancel_OfAllWaitingWorkMoreThanOnce_LeavesNothing()
    {
        var end = await _host.FillAsync();
        for (var round = 0; round < 100; round++)
        {
            var item = _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask);
            item.Cancel();
            item.Cancel();
        }

        Assert.Equal(2, _host.Runner.Snapshot().Length);
        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_host.Work.Run("still works", _ => Task.CompletedTask)));
    }

    [Fact]
    public async Task RunOnce_AfterWaitingWorkWasCancelled_RunsTheNewWork()
    {
        var end = await _host.FillAsync();
        var dead = _host.Work.RunOnce("refresh", "a", _ => throw new InvalidOperationException("cancelled work ran"));
        dead.Cancel();

        var fresh = _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask);

        Assert.NotSame(dead, fresh);
        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(dead));
        Assert.Same(fresh, _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask));
        end.SetResult();
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(fresh));
    }

    [Fact]
    public async Task RunOnce_WhileTheSameWorkIsBeingCancelled_RunsAfterItHasEnded()
    {
        var (started, end) = (Signal(), Signal());
        var old = _host.Work.RunOnce("refresh", "a", Until(started, end.Task));
        await started.Task.WaitAsync(WaitLimit);
        old.Cancel();
        var overlaps = false;

        var fresh = _host.Work.RunOnce("refresh", "a", _ =>
        {
            overlaps = !end.Task.IsCompleted;
            return Task.CompletedTask;
        });

        Assert.NotSame(old, fresh);
        Assert.Same(fresh, _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask));

        // Other work with a place goes first.
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_host.Work.Run("other", _ => Task.CompletedTask)));
        Assert.False(fresh.Completion.IsCompleted);
        end.SetResult();
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(fresh));
        Assert.False(overlaps);
    }

    [Fact]
    public async Task RunOnce_BehindWorkThatIsAbandoned_RunsThen()
    {
        var (started, end) = (Signal(), Signal());
        var old = _host.Work.RunOnce("refresh", "a", Until(started, end.Task));
        await started.Task.WaitAsync(WaitLimit);
        old.Cancel();
        var fresh = _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask);

        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(old));
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(fresh));
        Assert.NotSame(old, _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask));
        end.SetResult();
    }

    [Fact]
    public async Task RunOnce_WhoseSuccessorWasCancelled_AcceptsAnother()
    {
        var (started, end) = (Signal(), Signal());
        var old = _host.Work.RunOnce("refresh", "a", Until(started, end.Task));
        await started.Task.WaitAsync(WaitLimit);
        old.Cancel();
        for (var round = 0; round < 10; round++)
        {
            var dead = _host.Work.RunOnce("refresh", "a", _ => throw new InvalidOperationException("cancelled work ran"));
            dead.Cancel();
            Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(dead));
        }

        var fresh = _host.Work.RunOnce("refresh", "a", _ => Task.CompletedTask);
        Assert.False(fresh.Completion.IsCompleted);
        end.SetResult();

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(fresh));
    }

    [Fact]
    public async Task RunOnce_RightAfterCompletion_RunsTheNewWorkEveryTime()
    {
        var runs = 0;
        for (var round = 0; round < 200; round++)
        {
            await OutcomeAsync(_host.Work.RunOnce("refresh", "a", _ =>
            {
                Interlocked.Increment(ref runs);
                return Task.CompletedTask;
            }));
        }

        Assert.Equal(200, runs);
    }

    [Fact]
    public async Task RunOnce_WithLineBreaksInNameOrKey_KeepsThemApart()
    {
        var end = await _host.FillAsync();

        Assert.NotSame(_host.Work.RunOnce("a\nb", "c", _ => Task.CompletedTask), _host.Work.RunOnce("a", "b\nc", _ => Task.CompletedTask));
        end.SetResult();
    }

    [Fact]
    public async Task Run_RightAfterCompletion_HasAPlaceEveryTime()
    {
        await using var host = new WorkHost(maxConcurrency: 1, queueLimit: 0);
        for (var round = 0; round < 200; round++)
        {
            await OutcomeAsync(host.Work.Run("piece", _ => Task.CompletedTask));
        }
    }

    [Fact]
    public async Task Cancel_WithACallbackThatHangs_ReturnsAndAbandonsTheWorkAfterTheGracePeriod()
    {
        using var release = new ManualResetEventSlim();
        var (started, end) = (Signal(), Signal());
        var item = _host.Work.Run("hangs", token =>
        {
            token.Register(release.Wait);
            started.SetResult();
            return end.Task;
        });
        await started.Task.WaitAsync(WaitLimit);

        item.Cancel();
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        release.Set();
        end.SetResult();
    }

    [Fact]
    public async Task Cancel_WithACallbackThatThrows_RunsTheOthersAndLogsTheName()
    {
        var started = Signal();
        var item = _host.Work.Run("throws", async token =>
        {
            var cancelled = Signal();
            token.Register(cancelled.SetResult);
            token.Register(static () => throw new InvalidOperationException("callback"));
            started.SetResult();
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
        });
        await started.Task.WaitAsync(WaitLimit);

        item.Cancel();

        Assert.Equal(WorkOutcome.Cancelled, await OutcomeAsync(item));
        var entry = await _host.Logs.WaitAsync(static entry => entry.EventId == 809);
        Assert.Contains("throws", entry.Message);
        Assert.DoesNotContain(_host.Logs.Entries, static entry => entry.EventId == 801);
    }

    [Fact]
    public async Task Cancel_MoreThanOnce_DoesNotExtendTheGracePeriod()
    {
        var (started, end) = (Signal(), Signal());
        var item = _host.Work.Run("ignores-token", Until(started, end.Task));
        await started.Task.WaitAsync(WaitLimit);

        for (var second = 0; second < 5; second++)
        {
            item.Cancel();
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        end.SetResult();
    }
}
