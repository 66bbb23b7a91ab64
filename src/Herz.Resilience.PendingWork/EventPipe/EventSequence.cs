namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Counts events that the runtime numbered but did not send. Each thread numbers its events from 1 without gaps, including
/// events that do not fit into the buffer.
/// </summary>
internal sealed class EventSequence
{
    private const int MaxThreads = 100_000;

    private readonly Dictionary<ulong, uint> _last = [];

    public long Lost { get; private set; }

    /// <summary>Records an event of a thread.</summary>
    public void OnEvent(ulong thread, uint number)
    {
        // A new thread may reuse the id of an ended thread and then starts at 1.
        var last = number == 1 ? 0 : Last(thread);
        Lost += unchecked(number - last - 1) is var gap and < uint.MaxValue / 2 ? gap : 0;
        Set(thread, number);
    }

    /// <summary>Records the number of events of a thread so far.</summary>
    public void OnSequencePoint(ulong thread, uint number)
    {
        if (unchecked((int)(number - Last(thread))) is var gap and > 0)
        {
            Lost += gap;
            Set(thread, number);
        }
    }

    private uint Last(ulong thread) => _last.GetValueOrDefault(thread);

    private void Set(ulong thread, uint number)
    {
        if (_last.Count >= MaxThreads && !_last.ContainsKey(thread))
        {
            throw new UnreadableTraceException($"the trace is damaged: it has more than {MaxThreads} threads");
        }

        _last[thread] = number;
    }
}
