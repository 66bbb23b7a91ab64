using Herz.Resilience.BackgroundWork;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

public sealed class WorkScopeTests : IAsyncDisposable
{
    private readonly Context.Log _log = new();
    private readonly WorkHost _host;

    public WorkScopeTests() => _host = new WorkHost(configure: services => services.AddSingleton(_log).AddScoped<Context>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Run_WithAService_CreatesItsScopeWhenItStartsAndDisposesItAfterItEnded()
    {
        var end = await _host.FillAsync();
        var (seen, goOn) = (new TaskCompletionSource<Context>(), Signal());
        var item = _host.Work.Run<Context>("save", async (context, _) =>
        {
            seen.SetResult(context);
            await goOn.Task;
        });
        Assert.Equal(0, _log.Created);
        end.SetResult();

        var context = await seen.Task.WaitAsync(WaitLimit);
        Assert.False(context.IsDisposed);
        goOn.SetResult();

        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(item));
        Assert.True(context.IsDisposed);
    }

    [Fact]
    public async Task Run_WithAService_GivesEachPieceItsOwn()
    {
        var seen = new List<Context>();
        for (var index = 0; index < 2; index++)
        {
            Assert.True(_host.Work.TryRun<Context>("save", (context, _) =>
            {
                seen.Add(context);
                return Task.CompletedTask;
            }, null, out var item));
            await OutcomeAsync(item);
        }

        Assert.NotSame(seen[0], seen[1]);
        Assert.All(seen, static context => Assert.True(context.IsDisposed));
    }

    [Theory]
    [InlineData(WorkOutcome.Failed)]
    [InlineData(WorkOutcome.Cancelled)]
    [InlineData(WorkOutcome.TimedOut)]
    public async Task Run_WithAService_DisposesItsScopeWhateverTheOutcome(WorkOutcome outcome)
    {
        var started = Signal();
        var item = _host.Work.Run<Context>("save", async (_, token) =>
        {
            started.SetResult();
            await (outcome == WorkOutcome.Failed ? Task.FromException(new InvalidOperationException()) : Task.Delay(Timeout.InfiniteTimeSpan, token));
        });
        await started.Task.WaitAsync(WaitLimit);
        if (outcome == WorkOutcome.Cancelled)
        {
            item.Cancel();
        }
        else
        {
            _host.Time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.Equal(outcome, await OutcomeAsync(item));
        Assert.Equal((1, 1), (_log.Created, _log.Disposed));
    }

    [Fact]
    public async Task Run_WithAServiceWhoseDisposalThrows_FailsAndLogsBothExceptions()
    {
        _log.ThrowsOnDispose = true;

        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_host.Work.Run<Context>("save", (_, _) => Task.CompletedTask)));
        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_host.Work.Run<Context>("save", (_, _) => throw new InvalidOperationException("work"))));

        var failures = _host.Logs.Entries.Where(static entry => entry.EventId == 801).Select(static entry => entry.Exception).ToList();
        Assert.IsType<IOException>(failures[0]);
        Assert.Equal([typeof(InvalidOperationException), typeof(IOException)], Assert.IsType<AggregateException>(failures[1]).InnerExceptions.Select(static inner => inner.GetType()));
    }

    [Fact]
    public async Task RunOnceAndRunPeriodic_WithAService_HaveAScopePerRun()
    {
        var ran = new SemaphoreSlim(0);
        Func<Context, CancellationToken, Task> work = (context, _) =>
        {
            Assert.False(context.IsDisposed);
            ran.Release();
            return Task.CompletedTask;
        };
        await OutcomeAsync(_host.Work.RunOnce("refresh", "a", work));
        using var periodic = _host.Work.RunPeriodic("tick", TimeSpan.FromSeconds(1), work);
        for (var run = 0; run < 3; run++)
        {
            Assert.True(await ran.WaitAsync(WaitLimit));
            await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await EventuallyAsync(() => _log is { Created: 4, Disposed: 4 });
    }

    [Fact]
    public async Task Run_WithAServiceThatIsNotRegistered_ThrowsAndNamesIt()
    {
        Assert.Contains("System.Version", Assert.Throws<InvalidOperationException>(() => _host.Work.Run<Version>("save", (_, _) => Task.CompletedTask)).Message);
        Assert.Throws<ArgumentNullException>(() => _host.Work.Run<Context>("save", null!));
        Assert.Throws<ArgumentNullException>(() => BackgroundWorkExtensions.Run<Context>(null!, "save", (_, _) => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => _host.Work.Run<Context>(" ", (_, _) => Task.CompletedTask));
        Assert.Equal(WorkOutcome.Failed, await OutcomeAsync(_host.Work.Run<Context>("save", (_, _) => null!)));
        Assert.Equal((1, 1), (_log.Created, _log.Disposed));
    }

    private sealed class Context : IAsyncDisposable
    {
        private readonly Log _log;

        public Context(Log log)
        {
            _log = log;
            Interlocked.Increment(ref log.Created);
        }

        public bool IsDisposed { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsDisposed = true;
            Interlocked.Increment(ref _log.Disposed);
            if (_log.ThrowsOnDispose)
            {
                throw new IOException("connection lost");
            }
        }

        public sealed class Log
        {
            public int Created;
            public int Disposed;

            public bool ThrowsOnDispose { get; set; }
        }
    }
}
