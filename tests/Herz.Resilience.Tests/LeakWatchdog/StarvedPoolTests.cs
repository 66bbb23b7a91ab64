using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StarvedPool
{
    public const string Name = "Starved pool";
}

/// <summary>No work item of the thread pool runs any more, and the watchdog still samples, captures, names and reports.</summary>
[Collection(StarvedPool.Name)]
public sealed class StarvedPoolTests
{
    // The pool adds one or two threads a second, so these outlast the test.
    private const int Blocked = 2_000;
    private const int PerQuarter = 4;

    private static readonly TimeSpan s_quarter = TimeSpan.FromSeconds(15);

    private readonly List<TaskCompletionSource> _never = [];

    [Fact]
    public async Task LeakWhileThePoolIsStarved_IsNamedAndReported()
    {
        var time = new FakeTimeProvider();
        var observer = new Observer();
        await using var app = await TestApp.StartAsync(static _ => { }, time: time, build: builder => builder.Services
            .AddSingleton<ILeakObserver>(observer)
            .AddSingleton<FullCollections, BlockingCollections>());

        // Not disposed: blocked items may still read it after the test.
        var end = new ManualResetEventSlim();
        try
        {
            Starve(end);

            // Not awaited: a continuation would need the pool.
            RunUntil(app, time, () => observer.Changes.Count > 0);

            var change = Assert.Single(observer.Changes);
            Assert.EndsWith(nameof(ForgetAsync), change.Leak.Method, StringComparison.Ordinal);
            Assert.Equal("background mail", change.Leak.Origin);
            Assert.Contains(app.Logs.Entries, static entry => entry.EventId == 904);
            Assert.NotNull(Assert.Single(app.Services.GetServices<Herz.Resilience.Management.ProbeNote>()).Degraded);
            Assert.True(app.Services.GetRequiredService<SampleHistory>().Last!.Values[(int)Signal.PoolDelay] >= s_quarter.TotalMilliseconds);
        }
        finally
        {
            end.Set();
        }
    }

    private static void Starve(ManualResetEventSlim end)
    {
        for (var i = 0; i < Blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static end => end.Wait(), end, preferLocal: false);
        }
    }

    private void RunUntil(TestApp app, FakeTimeProvider time, Func<bool> condition)
    {
        var source = app.Services.GetRequiredService<OriginRegistry>().Of("mail", OriginKind.Work);
        var lastLook = app.Services.GetRequiredService<LastLook>();
        for (var quarter = 0; quarter < 40 && !condition(); quarter++)
        {
            for (var i = 0; i < PerQuarter; i++)
            {
                Leak(source);
            }

            time.Advance(s_quarter);
            SpinWait.SpinUntil(() => lastLook.Age == TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }

        SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30));
    }

    private void Leak(OriginSource source)
    {
        var before = AmbientWork.Current;
        var scope = new BackgroundScope { Origin = source.Take() };
        AmbientWork.Current = scope;
        _ = ForgetAsync();
        AmbientWork.Current = before;
        scope.EndOrigin();
    }

    private async Task ForgetAsync()
    {
        var never = new TaskCompletionSource();
        _never.Add(never);
        await never.Task;
    }

    private sealed class Observer : ILeakObserver
    {
        private readonly List<LeakChange> _changes = [];

        public IReadOnlyList<LeakChange> Changes
        {
            get
            {
                lock (_changes)
                {
                    return [.. _changes];
                }
            }
        }

        public void OnLeakChanged(LeakChange change)
        {
            lock (_changes)
            {
                _changes.Add(change);
            }
        }
    }

    private sealed class BlockingCollections : FullCollections
    {
        public override bool CanRequest => true;

        public override void Request() => GC.Collect();
    }
}
