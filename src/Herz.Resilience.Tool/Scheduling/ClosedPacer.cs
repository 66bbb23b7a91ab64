namespace Herz.Resilience.Tool.Scheduling;

/// <summary>
/// A closed loop: a fixed number of clients, each of which waits for its answer, thinks, and asks again.
/// It hides queueing (a slow server is asked less), which is why it has to be asked for.
/// </summary>
internal sealed class ClosedPacer : IPacer
{
    private readonly Queue<long> _due;
    private readonly long _thinkNs;

    /// <summary>Makes a loop in which all clients start at once.</summary>
    /// <param name="clients">How many clients, at least 1.</param>
    /// <param name="length">How long they keep asking.</param>
    /// <param name="think">What each waits between an answer and its next request.</param>
    public ClosedPacer(int clients, TimeSpan length, TimeSpan think)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 1);
        EndNs = length.Ticks * TimeSpan.NanosecondsPerTick;
        _thinkNs = think.Ticks * TimeSpan.NanosecondsPerTick;
        _due = new Queue<long>(Enumerable.Repeat(0L, clients));
    }

    /// <inheritdoc />
    public long EndNs { get; }

    /// <inheritdoc />
    public bool IsOpen => false;

    /// <inheritdoc />
    public bool TryPeek(out long dueNs) => _due.TryPeek(out dueNs);

    /// <inheritdoc />
    public void Take() => _due.Dequeue();

    /// <inheritdoc />
    public void Finished(long nowNs)
    {
        // Think time is the same for all, so the order of ends is the order of next starts.
        if (nowNs + _thinkNs < EndNs)
        {
            _due.Enqueue(nowNs + _thinkNs);
        }
    }
}
