namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The last samples of every signal. Written by the watchdog, read by pages and metrics.</summary>
internal sealed class SampleHistory
{
    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();

    public Sample? Last { get; private set; }

    public void Add(Sample sample, int capacity)
    {
        lock (_lock)
        {
            _samples.Enqueue(sample);
            while (_samples.Count > capacity)
            {
                _samples.Dequeue();
            }

            Last = sample;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _samples.Clear();
            Last = null;
        }
    }

    public Sample[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _samples];
        }
    }
}

/// <summary>One sample of every signal.</summary>
/// <param name="Time">The time of the sample.</param>
/// <param name="Requests">The number of requests that arrived since the previous sample.</param>
/// <param name="Lasting">The number of active requests that may last for any time.</param>
/// <param name="Values">The values, in the order of <see cref="Signal"/>.</param>
internal sealed record Sample(DateTimeOffset Time, long Requests, long Lasting, double[] Values)
{
    /// <summary>How often background work, hosted services and loops began or resumed since the previous sample.</summary>
    public long Work { get; init; }

    /// <summary>What the instruments named by the app counted since the previous sample.</summary>
    public double Metered { get; init; }
}
