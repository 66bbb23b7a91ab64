namespace Herz.Resilience.Tool.Scheduling;

/// <summary>
/// A closed loop: a fixed number of clients; each waits for its answer, pauses, and sends the next request.
/// A closed loop hides queueing, because a slow server gets fewer requests. It is therefore not the default.
/// </summary>
internal sealed class ClosedPacer : IPacer
{
    private readonly Queue<long> _due;
    private readonly long _thinkNs;

    /// <summary>Creates a loop in which all clients start at time 0.</summary>
    /// <param name="clients">Number of clients, at least 1.</param>
    /// <param name="length">Time during which clients start requests.</param>
    /// <param name="think">Pause of a client between an answer and its next request.</param>
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
        // The pause is the same for all clients, so requests restart in the order in which they end.
        if (nowNs + _thinkNs < EndNs)
        {
            _due.Enqueue(nowNs + _thinkNs);
        }
    }
}
