namespace Herz.Resilience.Tool.Scheduling;

/// <summary>Determines when the next request starts. Times are in nanoseconds since the start of the run.</summary>
internal interface IPacer
{
    /// <summary>The time after which no request starts.</summary>
    long EndNs { get; }

    /// <summary>Whether starts are independent of answers.</summary>
    bool IsOpen { get; }

    /// <summary>The next start; false if none is known now (all clients wait for an answer) or the run is over.</summary>
    bool TryPeek(out long dueNs);

    /// <summary>Removes the start that <see cref="TryPeek"/> returned.</summary>
    void Take();

    /// <summary>Reports that a request ended, with any outcome.</summary>
    void Finished(long nowNs);
}
