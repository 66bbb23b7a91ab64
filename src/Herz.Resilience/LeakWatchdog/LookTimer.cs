namespace Herz.Resilience.LeakWatchdog;

/// <summary>
/// Blocks the watchdog's thread for a time of the app's clock. Timers of the system clock run on the thread pool, which may be starved
/// for good, so the thread waits without one.
/// </summary>
internal sealed class LookTimer : IDisposable
{
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ITimer? _timer;

    public LookTimer(TimeProvider time) => _timer = ReferenceEquals(time, TimeProvider.System)
        ? null
        : time.CreateTimer(static wake => ((LookTimer)wake!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until <see cref="Wake"/> or until the time is over.</summary>
    /// <param name="delay">The time to wait.</param>
    /// <param name="isDue">Whether the time is over already. Asked after the timer has started, so that no step of a simulated clock is missed.</param>
    public void Wait(TimeSpan delay, Func<bool> isDue)
    {
        if (_timer is null)
        {
            _wake.WaitOne(delay);
            return;
        }

        _timer.Change(delay, Timeout.InfiniteTimeSpan);
        if (!isDue())
        {
            _wake.WaitOne();
        }
    }

    public void Wake() => _wake.Set();

    // The event is left to its finalizer: the thread may still wait for it.
    public void Dispose() => _timer?.Dispose();
}
