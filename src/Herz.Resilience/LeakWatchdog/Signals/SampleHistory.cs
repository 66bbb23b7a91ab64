namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The last samples of every signal, in one ring. Written by the watchdog, read by pages and metrics.</summary>
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
/// <param name="Time">When it was taken.</param>
/// <param name="Requests">Requests that arrived since the sample before.</param>
/// <param name="Lasting">Requests that were active then and may last as long as they like.</param>
/// <param name="Values">In the order of <see cref="Signal"/>.</param>
internal sealed record Sample(DateTimeOffset Time, long Requests, long Lasting, double[] Values);
