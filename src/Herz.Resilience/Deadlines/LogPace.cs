namespace Herz.Resilience.Deadlines;

/// <summary>Lets one log line pass in a minute, and counts those that it holds back.</summary>
internal sealed class LogPace(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _last;
    private long _heldBack;

    /// <param name="now">A timestamp of the clock.</param>
    /// <param name="heldBack">How many were held back since the last one that passed.</param>
    public bool TryPass(long now, out long heldBack)
    {
        lock (_lock)
        {
            heldBack = _heldBack;
            if (_last is { } last && time.GetElapsedTime(last, now) < s_pause)
            {
                _heldBack++;
                return false;
            }

            _last = now;
            _heldBack = 0;
            return true;
        }
    }
}
