using System.Runtime.CompilerServices;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Origins;
using Microsoft.Extensions.Time.Testing;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

/// <summary>
/// The leak that this library comes from: 120 calls a minute, each of which derived a cancellable context that nobody cancelled and
/// left a pending task. The same calls through <see cref="IBackgroundWork"/> leave nothing.
/// </summary>
public sealed class RunnerStoryTests
{
    private const int Calls = 120 * 60;

    [Fact]
    public async Task Run_120TimesAMinuteForAnHour_LeavesNothing()
    {
        var clock = new CountingClock();
        await using var host = new WorkHost(maxConcurrency: 64, queueLimit: 1_000, clock);
        var (idleTimers, systemTimers) = (clock.ActiveTimers, Timer.ActiveCount);
        var live = new List<WeakReference>();

        for (var call = 0; call < Calls; call++)
        {
            await RunOneAsync(host, live, call);
            clock.Advance(TimeSpan.FromMilliseconds(500));
            if (call % 120 == 119)
            {
                Close(host, live);
            }
        }

        // The deadline of the last call, and the tick of the timer that finds nothing more to do.
        clock.Advance(TimeSpan.FromSeconds(30));
        await EventuallyAsync(() => host.Runner.Snapshot().Length == 0);
        clock.Advance(TimeSpan.FromMinutes(1));
        Close(host, live);

        Assert.True(live.Count > 3 * Calls, $"only {live.Count} objects were followed");
        Assert.Equal(0, host.Services.GetRequiredService<OriginRegistry>().PendingWork());
        Assert.Equal(idleTimers, clock.ActiveTimers);

        // Other tests in this process have timers, too; a timer per call would be thousands.
        Assert.InRange(Timer.ActiveCount - systemTimers, -Calls, Calls / 10);
        await EventuallyAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !live.Exists(static reference => reference.IsAlive);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Close(WorkHost host, List<WeakReference> live) =>
        host.Services.GetRequiredService<OriginRegistry>().CloseWindow((_, token) => live.Add(new WeakReference(token)));

    // Starts work that waits for a derived token that only its deadline cancels; every fourth call ends early, by its own end, its
    // caller, or a failure, and every hundredth is periodic work that is stopped.
    private static async Task RunOneAsync(WorkHost host, List<WeakReference> live, int call)
    {
        var started = Signal();
        async Task StartTask(CancellationToken token)
        {
            var derived = CancellationTokenSource.CreateLinkedTokenSource(token);
            lock (live)
            {
                live.Add(new WeakReference(derived));
                live.Add(new WeakReference(started));
            }

            started.SetResult();
            await Task.Delay(call % 4 == 0 ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan, host.Time, derived.Token);
            _ = call % 12 == 0 ? throw new InvalidOperationException("failed") : 0;
        }

        var item = call % 3 == 0 ? host.Work.RunOnce("start-async-task", $"{call}", StartTask) : host.Work.Run("start-async-task", StartTask);
        live.Add(new WeakReference(item));
        if (call % 100 == 0)
        {
            var periodic = host.Work.RunPeriodic("tick", TimeSpan.FromHours(1), StartTask);
            live.Add(new WeakReference(periodic));
            periodic.Dispose();
        }

        await started.Task.WaitAsync(WaitLimit);
        if (call % 8 == 0)
        {
            item.Cancel();
        }
    }

    /// <summary>Counts the timers that were created and not disposed.</summary>
    private sealed class CountingClock : FakeTimeProvider
    {
        private int _activeTimers;

        public int ActiveTimers => Volatile.Read(ref _activeTimers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _activeTimers);
            return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class Counted(CountingClock clock, ITimer timer) : ITimer
        {
            private int _disposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                timer.Dispose();
                if (Interlocked.Exchange(ref _disposed, 1) == 0)
                {
                    Interlocked.Decrement(ref clock._activeTimers);
                }
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
