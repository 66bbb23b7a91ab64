namespace Herz.Resilience.Health;

/// <summary>The phase of the app. Thread-safe.</summary>
public interface IAppLifecycle
{
    /// <summary>The current phase.</summary>
    LifecyclePhase Phase { get; }

    /// <summary>Makes the app not ready for good, because of a fault that only a restart repairs.</summary>
    /// <param name="reason">The cause, for the log; not shown to clients.</param>
    /// <returns>False if the app is already faulted or stopping.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is null or blank.</exception>
    bool Fault(string reason);
}

/// <summary>
/// Something that must be finished before the app is ready, such as a warm cache. Register any number as services. They run at the same
/// time, beside the start of the app, which they do not delay: <c>/healthz?probe=startup</c> and <c>ready</c> fail meanwhile.
/// </summary>
public interface IStartupGate
{
    /// <summary>The name in logs.</summary>
    string Name { get; }

    /// <summary>Ends when the gate has passed. An exception makes the app <see cref="LifecyclePhase.Faulted"/>.</summary>
    /// <param name="cancellationToken">Cancelled when the app stops.</param>
    Task WaitAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Gets every change of the phase, once and in order. Register any number of observers as services. It must not block. An exception is logged
/// and has no other effect.
/// </summary>
public interface ILifecycleObserver
{
    /// <summary>The phase has changed.</summary>
    /// <param name="change">The change.</param>
    void OnLifecycleChanged(LifecycleChange change);
}
