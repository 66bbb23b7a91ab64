namespace Herz.Resilience.Health;

/// <summary>The phases of an app between its start and its end.</summary>
public enum LifecyclePhase
{
    /// <summary>Hosted services start, or a startup gate has not passed. Not ready.</summary>
    Initializing,

    /// <summary>The app serves.</summary>
    Running,

    /// <summary>The app stops: it is not ready, and serves what still arrives.</summary>
    Draining,

    /// <summary>The app has stopped.</summary>
    Stopped,

    /// <summary>A startup gate failed, or <see cref="IAppLifecycle.Fault"/> was called: not ready, and started only by a restart.</summary>
    Faulted,
}

/// <summary>One change of the phase.</summary>
/// <param name="From">The phase before.</param>
/// <param name="To">The phase now.</param>
/// <param name="Reason">The cause in one clause.</param>
/// <param name="Time">The time of the change.</param>
public sealed record LifecycleChange(LifecyclePhase From, LifecyclePhase To, string Reason, DateTimeOffset Time);
