using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.Tests.LeakWatchdog.Signals;

/// <summary>A process counter keeps growing: two captures find the cause.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class SignalLeakTests : IDisposable
{
    private const int Grown = 12;

    private readonly ManualResetEventSlim _end = new();
    private readonly List<Thread> _threads = [];

    [Fact]
    public async Task ThreadsThatNeverEnd_AreNamedByTheirWaitingMethod()
    {
        await using var app = await SuspectAsync(Signal.Threads);

        BlockThreads();
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        var leak = Assert.Single(app.Board.Current, static leak => leak.Method?.Contains(nameof(BlockThreads), StringComparison.Ordinal) == true);
        Assert.Equal(("threads", null), (leak.Signal, leak.Origin));
        Assert.True(leak.Pending >= Grown, leak.ToString());
    }

    [Fact]
    public async Task Stacks_AreNotReadUnlessWanted()
    {
        await using var app = await SuspectAsync(readThreads: false, Signal.Threads);

        BlockThreads();
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        Assert.True(app.Captures >= 2);
        Assert.DoesNotContain(app.Board.Current, static leak => leak.Method?.Contains(nameof(BlockThreads), StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task LeakFoundByTwoSignals_IsReportedOnce()
    {
        await using var app = await SuspectAsync(Signal.Threads, Signal.OldGenerationBytes);

        BlockThreads();
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        Assert.Single(app.Board.Current, static leak => leak.Method?.Contains(nameof(BlockThreads), StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task ClearedSignal_ClearsItsLeaks()
    {
        await using var app = await SuspectAsync(Signal.Threads);
        BlockThreads();
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        app.Services.GetRequiredService<SignalSuspicions>().Clear();
        await app.PassWindowAsync();

        Assert.Empty(app.Board.Current);
    }

    [Fact]
    public async Task FilesThatAreNeverClosed_NextToAHealthyLambda_AreTheOnlyCulprit()
    {
        await using var app = await SuspectAsync(Signal.FileDescriptors);

        var files = new List<FileStream>();
        var healthy = new List<Func<int>>();
        for (var number = 0; number < 5 * Grown; number++)
        {
            var answer = number;
            files.Add(File.OpenRead(typeof(SignalLeakTests).Assembly.Location));
            healthy.Add(() => answer);
        }

        app.Services.GetRequiredService<SignalSuspicions>().Update(Signal.FileDescriptors, 100 + files.Count, 1);
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        var leak = Assert.Single(app.Board.Current);
        Assert.Equal(("file_descriptors", typeof(FileStream).FullName), (leak.Signal, leak.Type));
        Assert.InRange(leak.Pending, files.Count, files.Count + Grown);
        files.ForEach(static file => file.Dispose());
        GC.KeepAlive(healthy);
    }

    [Fact]
    public async Task HeapThatGrowsWithAnotherSignal_IsNotReported()
    {
        await using var app = await SuspectAsync(Signal.Threads);

        var kept = Enumerable.Range(0, 50_000).Select(static number => new object[number % 50]).ToArray();
        BlockThreads();
        await app.PassWindowAsync();
        await app.PassWindowAsync();

        Assert.DoesNotContain(app.Board.Current, static leak => leak.Type is not null);
        GC.KeepAlive(kept);
    }

    public void Dispose()
    {
        _end.Set();
        _threads.ForEach(static thread => thread.Join());
        _end.Dispose();
    }

    // The signals of a test process depend on other tests, so the test sets the suspected ones; all else is real.
    private static Task<WatchedApp> SuspectAsync(params Signal[] signals) => SuspectAsync(readThreads: true, signals);

    private static async Task<WatchedApp> SuspectAsync(bool readThreads, params Signal[] signals)
    {
        var app = await WatchedApp.StartAsync(static _ => { }, new() { ["LeakWatchdog:ReadThreads"] = readThreads.ToString() });
        var suspicions = app.Services.GetRequiredService<SignalSuspicions>();
        Array.ForEach(signals, signal => suspicions.Update(signal, 100, 1));
        await app.PassWindowAsync();
        return app;
    }

    private void BlockThreads()
    {
        var started = new CountdownEvent(Grown);
        for (var i = 0; i < Grown; i++)
        {
            var thread = new Thread(() =>
            {
                started.Signal();
                _end.Wait();
                started.Dispose();
            }) { IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }

        started.Wait();
    }
}
