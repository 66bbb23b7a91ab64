namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>Runs events in the order of their time, in nanoseconds; the same seed gives the same run.</summary>
internal sealed class Simulator(int seed)
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    /// <summary>The time at which a run begins; not 0, which is no timestamp of a clock.</summary>
    public const long Begin = Second;

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _order;

    public long Now { get; private set; } = Begin;

    public Random Random { get; } = new(seed);

    /// <param name="seconds">Since the begin.</param>
    /// <param name="action">What happens then.</param>
    public void At(double seconds, Action action) => At(Begin + (long)(seconds * Second), action);

    public void At(long time, Action action) => _events.Enqueue(action, (Math.Max(time, Now), _order++));

    public void After(long delay, Action action) => At(Now + delay, action);

    public void Every(long period, Action action)
    {
        action();
        After(period, () => Every(period, action));
    }

    /// <summary>Runs to a time in seconds since the begin.</summary>
    public void Run(double seconds)
    {
        var end = Begin + (long)(seconds * Second);
        while (_events.TryPeek(out var action, out var when) && when.Time <= end)
        {
            _events.Dequeue();
            Now = when.Time;
            action();
        }

        Now = end;
    }

    /// <summary>Arrivals at random, at a rate that may change.</summary>
    /// <param name="perSecond">The rate at a time, in seconds since the begin.</param>
    /// <param name="until">When they end, in seconds since the begin.</param>
    /// <param name="arrive">One arrives.</param>
    public void Arrivals(Func<double, double> perSecond, double until, Action arrive)
    {
        var now = (double)(Now - Begin) / Second;
        var next = now + Exponential(1 / Math.Max(perSecond(now), 1e-6));

        // A rate that is about to rise must not be slept through.
        var look = now + 0.1;
        if (Math.Min(next, look) >= until)
        {
            return;
        }

        At(Math.Min(next, look), () =>
        {
            if (next <= look)
            {
                arrive();
            }

            Arrivals(perSecond, until, arrive);
        });
    }

    public double Exponential(double mean) => -mean * Math.Log(1 - Random.NextDouble());

    /// <summary>Log-normal with this mean and coefficient of variation: most are quick, a few take long.</summary>
    public double LogNormal(double mean, double variation)
    {
        var sigma = Math.Sqrt(Math.Log(1 + (variation * variation)));
        var normal = Math.Sqrt(-2 * Math.Log(1 - Random.NextDouble())) * Math.Cos(2 * Math.PI * Random.NextDouble());
        return mean * Math.Exp((sigma * normal) - (sigma * sigma / 2));
    }
}
