namespace Herz.Resilience.Deadlines;

/// <summary>Lets one log message per minute pass, and counts the suppressed ones.</summary>
internal sealed class LogThrottle(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _last;
    private long _suppressed;

    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="suppressed">The number of messages suppressed since the last one that passed.</param>
    public bool TryPass(long now, out long suppressed)
    {
        lock (_lock)
        {
            suppressed = _suppressed;
            if (_last is { } last && time.GetElapsedTime(last, now) < s_pause)
            {
                _suppressed++;
                return false;
            }

            _last = now;
            _suppressed = 0;
            return true;
        }
    }
}
