namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// Counts events that the runtime numbered and never sent. Each thread numbers its events from 1 without gaps, whether they
/// find room in the buffer or not.
/// </summary>
internal sealed class EventSequence
{
    private const int MaxThreads = 100_000;

    private readonly Dictionary<ulong, uint> _last = [];

    public long Lost { get; private set; }

    /// <summary>An event of a thread came.</summary>
    public void Came(ulong thread, uint number)
    {
        // A thread that took over the number of one that ended begins anew.
        var last = number == 1 ? 0 : Last(thread);
        Lost += unchecked(number - last - 1) is var gap and < uint.MaxValue / 2 ? gap : 0;
        Set(thread, number);
    }

    /// <summary>A thread had numbered so many events by now.</summary>
    public void Reached(ulong thread, uint number)
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
            throw new UnreadableTraceException($"the trace is damaged: it tells of more than {MaxThreads} threads");
        }

        _last[thread] = number;
    }
}
