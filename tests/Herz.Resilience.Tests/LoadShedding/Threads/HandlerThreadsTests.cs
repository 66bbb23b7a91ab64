using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.Tests.LoadShedding.Threads;

public sealed class HandlerThreadsTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Work_RunsApartFromThePoolAndBounded()
    {
        using var end = new ManualResetEventSlim();
        var threads = new HandlerThreads(2, s_long);
        var first = new Work(end);
        var second = new Work(end);

        Assert.True(threads.TryRun(first));
        Assert.True(threads.TryRun(second));
        Assert.False(await first.WasPoolThread);
        Assert.False(await second.WasPoolThread);
        Assert.False(threads.TryRun(new Work(end)));
        Assert.Equal(2, threads.Count);
        end.Set();
    }

    [Fact]
    public async Task Work_DoesNotInheritTheContextOfWhoStartedTheThread()
    {
        var local = new AsyncLocal<string> { Value = "request" };
        using var end = new ManualResetEventSlim(initialState: true);
        var threads = new HandlerThreads(1, s_long);
        var work = new Work(end, () => local.Value);

        Assert.True(threads.TryRun(work));
        await work.WasPoolThread;

        Assert.Null(work.Seen);
    }

    private sealed class Work(ManualResetEventSlim end, Func<string?>? look = null) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<bool> _ran = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Seen { get; private set; }

        public Task<bool> WasPoolThread => _ran.Task.WaitAsync(s_long);

        public void Execute()
        {
            Seen = look?.Invoke();
            _ran.SetResult(Thread.CurrentThread.IsThreadPoolThread);
            end.Wait(s_long);
        }
    }
}
