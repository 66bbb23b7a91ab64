namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>
/// Limits captures and requested full collections together to 2 % of the time: a token bucket of seconds. An expensive one may exceed
/// the credit; then nothing is allowed until the debt is paid off.
/// </summary>
internal sealed class CaptureBudget(TimeProvider time)
{
    private const double Share = 0.02;

    // A full collection and a capture of a heap of 4 GB, one after the other.
    private static readonly TimeSpan s_maxCredit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _since = time.GetTimestamp();
    private TimeSpan _credit = s_maxCredit;

    /// <summary>Whether a capture or a full collection is allowed now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return Refill() > TimeSpan.Zero;
            }
        }
    }

    /// <summary>Records the time that a capture or a full collection took.</summary>
    public void Spend(TimeSpan cost)
    {
        lock (_lock)
        {
            _credit = Refill() - cost;
        }
    }

    private TimeSpan Refill()
    {
        var now = time.GetTimestamp();
        var credit = _credit + (time.GetElapsedTime(_since, now) * Share);
        _since = now;
        return _credit = credit < s_maxCredit ? credit : s_maxCredit;
    }
}
