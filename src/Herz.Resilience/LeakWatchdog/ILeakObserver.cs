namespace Herz.Resilience.LeakWatchdog;

/// <summary>
/// Told of every leak that is suspected, has grown, or has ended. Register any number in the services. Called by the
/// watchdog, outside of any request. What it throws is logged and goes no further.
/// </summary>
public interface ILeakObserver
{
    /// <summary>What is known of a leak has changed.</summary>
    /// <param name="change">The change.</param>
    void OnLeakChanged(LeakChange change);
}

/// <summary>One change of one leak.</summary>
/// <param name="Leak">The leak as it is known now, or was known last.</param>
/// <param name="Status">What has happened.</param>
/// <param name="Time">When.</param>
public sealed record LeakChange(Leak Leak, LeakStatus Status, DateTimeOffset Time);

/// <summary>What has happened to a leak.</summary>
public enum LeakStatus
{
    /// <summary>It is suspected from now on.</summary>
    Suspected,

    /// <summary>At least twice as much is pending as when it was last told.</summary>
    Growing,

    /// <summary>It has stopped: what was leaked before may still be there.</summary>
    Cleared,
}
