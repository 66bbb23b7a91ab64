namespace Herz.Resilience.Tool.Scheduling;

/// <summary>Says when the next request is to start. Times are nanoseconds from the beginning of the run.</summary>
internal interface IPacer
{
    /// <summary>When the last request may start.</summary>
    long EndNs { get; }

    /// <summary>True when starts never wait for answers.</summary>
    bool IsOpen { get; }

    /// <summary>The next start; false when none is known now (all clients wait for an answer) or ever (the run is over).</summary>
    bool TryPeek(out long dueNs);

    /// <summary>Takes the start that <see cref="TryPeek"/> showed.</summary>
    void Take();

    /// <summary>Tells that a request ended, whatever its outcome.</summary>
    void Finished(long nowNs);
}
