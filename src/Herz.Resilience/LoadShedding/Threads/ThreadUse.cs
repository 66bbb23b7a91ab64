namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>How long the handlers of one endpoint hold their thread, and how much of that time they compute: smoothed measurements.</summary>
internal struct ThreadUse()
{
    private const double HoldsFrom = 0.001;
    private const double BlocksFrom = 0.005;
    private const double BlocksSurelyFrom = 0.100;
    private const double BlocksBelow = 0.10;
    private const double Smoothing = 0.2;

    private double _seconds = double.NaN;
    private double _computing = double.NaN;

    /// <summary>Whether handlers hold their thread long enough to affect others.</summary>
    public readonly bool HoldsThreads => _seconds >= HoldsFrom;

    /// <summary>Whether they hold it so long that their CPU time matters.</summary>
    public readonly bool HoldsThreadsLong => _seconds >= BlocksFrom;

    /// <summary>Whether they hold it long and compute little.</summary>
    public readonly bool BlocksThreads => HoldsThreadsLong && _computing <= BlocksBelow;

    /// <summary>Whether they block it so long that a few of them starve the pool.</summary>
    public readonly bool BlocksThreadsSurely => _seconds >= BlocksSurelyFrom && BlocksThreads;

    /// <summary>Whether handlers in the bulkhead stay there.</summary>
    public readonly bool StillBlocksThreads => _seconds >= BlocksFrom / 2 && _computing <= 2 * BlocksBelow;

    /// <summary>Whether each handler is measured; otherwise a sample of them is enough.</summary>
    public readonly bool IsToBeMeasured => !(_seconds < BlocksFrom);

    /// <summary>A handler has returned. Two threads may race here; either value is good enough.</summary>
    /// <param name="seconds">How long it held the thread.</param>
    /// <param name="cpuSeconds">The CPU time that it used of it; NaN if not measured.</param>
    public void Record(double seconds, double cpuSeconds)
    {
        _seconds = Smooth(_seconds, seconds);
        _computing = cpuSeconds >= 0 ? Smooth(_computing, Math.Min(cpuSeconds / Math.Max(seconds, 1e-6), 1)) : _computing;
    }

    private static double Smooth(double mean, double value) => double.IsNaN(mean) ? value : mean + (Smoothing * (value - mean));
}
