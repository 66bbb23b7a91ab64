namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// Determines how many pool threads handlers may hold at once while work waits for a thread. Work that waits longer
/// than 20 ms during all of 100 ms is a standing queue and not a burst (CoDel, RFC 8289; the 20 ms are those of WeChat's
/// DAGOR, SoCC 2018). Not thread-safe, except for reading <see cref="Saturated"/> and <see cref="Limit"/>.
/// </summary>
/// <param name="cores">How many handlers can run at once; the limit is never lower.</param>
internal sealed class PoolLimit(int cores)
{
    private const double Target = 0.020;
    private const double Interval = 0.100;
    private const double QuietSeconds = 1;
    private const double FullCpu = 0.95;
    private const double LongestPause = 8;

    private double _aboveSince = double.NaN;
    private double _lastAbove;
    private double _nextCut;
    private double _nextGrowth;
    private double _pause = 0.25;
    private volatile bool _saturated;
    private volatile int _limit = int.MaxValue;

    /// <summary>Whether work waits for threads, so that handlers that hold them are limited.</summary>
    public bool Saturated => _saturated;

    /// <summary>How many threads handlers may hold.</summary>
    public int Limit => _limit;

    /// <param name="at">The time in seconds.</param>
    /// <param name="delay">What a piece of work waited for a thread just now, in seconds.</param>
    /// <param name="cpu">The process's CPU time as a share of what it may use.</param>
    /// <param name="held">How many threads handlers hold.</param>
    /// <param name="waited">Whether some request waited for this limit since the last time.</param>
    public void Observe(double at, double delay, double cpu, int held, bool waited)
    {
        if (!_saturated)
        {
            Watch(at, delay, held);
            return;
        }

        if (delay > Target)
        {
            _lastAbove = at;
            if (at >= _nextCut)
            {
                _limit = Math.Max(cores, Math.Min(_limit - 1, (int)(_limit * 0.8)));
                _nextCut = at + Math.Max(delay, Interval / 2);
                _nextGrowth = at + _pause;
                _pause = Math.Min(_pause * 2, LongestPause);
            }
        }
        else if (waited && cpu < FullCpu && at >= _nextGrowth)
        {
            // Where the CPU is full, one more at once makes none faster.
            _limit++;
            _nextGrowth = at + Interval;
        }

        if (!waited && at - _lastAbove >= QuietSeconds)
        {
            _saturated = false;
            _limit = int.MaxValue;
            _aboveSince = double.NaN;
            _pause = 0.25;
        }
    }

    private void Watch(double at, double delay, int held)
    {
        if (delay <= Target)
        {
            _aboveSince = double.NaN;
        }
        else if (double.IsNaN(_aboveSince))
        {
            _aboveSince = at;
        }
        else if (at - _aboveSince >= Interval)
        {
            _limit = Math.Max(cores, held);
            _lastAbove = at;
            _nextCut = at + Interval;
            _nextGrowth = at + Interval;
            _saturated = true;
        }
    }
}
