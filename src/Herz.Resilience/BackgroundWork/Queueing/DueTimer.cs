namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>One timer for the deadlines of all work, armed for the earliest. Most work ends long before its deadline and costs no timer.</summary>
internal sealed class DueTimer : IDisposable
{
    // The longest time that a timer accepts; a later check is armed when that has passed.
    private const double MaxMilliseconds = 0xFFFF_FFFE;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<long, long> _check;
    private readonly ITimer _timer;
    private long _armed = long.MaxValue;

    /// <param name="time">The clock.</param>
    /// <param name="check">Gets the current timestamp, runs the actions that are due, and returns when to check again; <see cref="long.MaxValue"/> for never.</param>
    public DueTimer(TimeProvider time, Func<long, long> check)
    {
        _time = time;
        _check = check;
        _timer = time.CreateTimer(static state => ((DueTimer)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timestamp after a time from now.</summary>
    public long After(TimeSpan due) => After(due, _time.GetTimestamp());

    /// <summary>The timestamp after a time from <paramref name="start"/>; <see cref="long.MaxValue"/>, which means never, if no clock reaches it.</summary>
    public long After(TimeSpan due, long start)
    {
        var ticks = due.TotalSeconds * _time.TimestampFrequency;
        return ticks < long.MaxValue - start ? start + (long)ticks : long.MaxValue;
    }

    /// <summary>Makes sure that the check runs at this timestamp or earlier.</summary>
    public void ArmBy(long due)
    {
        // A caller that wrote its due time before must either see a started tick or be seen by it.
        Interlocked.MemoryBarrier();
        if (due >= Volatile.Read(ref _armed))
        {
            return;
        }

        lock (_lock)
        {
            if (due < _armed)
            {
                Volatile.Write(ref _armed, due);

                // A timer rounds down to whole milliseconds: a tick that is too early would have to be repeated.
                var remaining = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
                _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(remaining, 0, MaxMilliseconds)), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        // Work that starts from here on arms the timer again; the check sees work that started before.
        Volatile.Write(ref _armed, long.MaxValue);
        ArmBy(_check(_time.GetTimestamp()));
    }
}
