namespace Herz.Resilience.LeakWatchdog;

/// <summary>
/// Receives every leak that is suspected, has grown or has stopped. Register any number of observers as services. The watchdog
/// calls them outside of any request. An exception that an observer throws is logged and not rethrown.
/// </summary>
public interface ILeakObserver
{
    /// <summary>Called when a leak has changed.</summary>
    /// <param name="change">The change.</param>
    void OnLeakChanged(LeakChange change);
}

/// <summary>One change of one leak.</summary>
/// <param name="Leak">The leak in its current or last known state.</param>
/// <param name="Status">The kind of change.</param>
/// <param name="Time">The time of the change.</param>
public sealed record LeakChange(Leak Leak, LeakStatus Status, DateTimeOffset Time);

/// <summary>The kind of change of a leak.</summary>
public enum LeakStatus
{
    /// <summary>The leak is newly suspected.</summary>
    Suspected,

    /// <summary>At least twice as much work is pending as in the last report.</summary>
    Growing,

    /// <summary>The leak has stopped. Work leaked before may still be pending.</summary>
    Cleared,
}
