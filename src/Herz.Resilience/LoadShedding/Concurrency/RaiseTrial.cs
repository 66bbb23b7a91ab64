namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// A trial with a higher limit, as PROBE_BW of BBR: more are in flight for a moment. If throughput rises with them, the limit is
/// wrong. Not thread-safe.
/// </summary>
internal sealed class RaiseTrial
{
    private const double Better = 1.25;
    private const int EnoughSamples = 64;
    private const double LongestSeconds = 1;

    private double _limit;
    private double _perSecond;
    private double _start;
    private int _left;
    private double _seconds;

    public bool IsRunning { get; private set; }

    /// <summary>How often in a row throughput has risen.</summary>
    public int Successes { get; private set; }

    /// <summary>The limit before the trial.</summary>
    public double LimitBefore => _limit;

    /// <summary>The throughput that the trial measured.</summary>
    public double Measured => _left / _seconds;

    public void Stop() => IsRunning = false;

    /// <param name="at">The time in seconds.</param>
    /// <param name="limit">The limit before it is raised.</param>
    /// <param name="perSecond">The throughput under that limit.</param>
    /// <param name="successes">How often in a row throughput has risen already.</param>
    public void Start(double at, double limit, double perSecond, int successes)
    {
        (_start, _limit, _perSecond, Successes) = (at, limit, perSecond, successes);
        (_left, _seconds) = (0, 0);
        IsRunning = true;
    }

    /// <summary>Takes a window.</summary>
    /// <returns>Whether throughput has risen; null while that is not known, or if the higher limit was not needed.</returns>
    public bool? Observe(in LoadWindow window)
    {
        // Requests from before the trial must end first.
        if (window.At - _start - window.Seconds < _limit / Math.Max(_perSecond, 1e-6))
        {
            return null;
        }

        _left += window.Left;
        _seconds += window.Seconds;
        if (!window.HitLimit)
        {
            IsRunning = false;
        }

        if (!IsRunning || (_left < EnoughSamples && _seconds <= LongestSeconds))
        {
            return null;
        }

        IsRunning = false;
        return Measured > Better * _perSecond;
    }
}
