namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>One timer for the deadlines of all work, armed for the earliest: most work ends long before, and then has cost none.</summary>
internal sealed class DueWatch : IDisposable
{
    // What a timer takes; a later look is armed then.
    private const double MostMilliseconds = 0xFFFF_FFFE;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<long, long> _look;
    private readonly ITimer _timer;
    private long _armed = long.MaxValue;

    /// <param name="time">The clock.</param>
    /// <param name="look">Given the time, does what is due and returns when to look again; <see cref="long.MaxValue"/> for never.</param>
    public DueWatch(TimeProvider time, Func<long, long> look)
    {
        _time = time;
        _look = look;
        _timer = time.CreateTimer(static state => ((DueWatch)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timestamp a time from now.</summary>
    public long After(TimeSpan due) => After(due, _time.GetTimestamp());

    /// <summary>The timestamp a time after another; <see cref="long.MaxValue"/>, which is never, for one that no clock will reach.</summary>
    public long After(TimeSpan due, long start)
    {
        var ticks = due.TotalSeconds * _time.TimestampFrequency;
        return ticks < long.MaxValue - start ? start + (long)ticks : long.MaxValue;
    }

    /// <summary>Looks at a timestamp, or before.</summary>
    public void LookAt(long due)
    {
        // Whoever wrote its due time before must see the tick that has begun, or be seen by it.
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

                // A timer counts whole milliseconds and rounds them down: a tick that comes too early would have to be repeated.
                var remaining = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
                _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(remaining, 0, MostMilliseconds)), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        // From here on whoever begins arms anew; what began before is seen by the look.
        Volatile.Write(ref _armed, long.MaxValue);
        LookAt(_look(_time.GetTimestamp()));
    }
}
