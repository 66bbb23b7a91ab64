using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Health;

/// <summary>The current phase of the app between start and end.</summary>
internal sealed class LifecycleState(IHostApplicationLifetime lifetime)
{
    private volatile bool _draining;

    public LifecyclePhase Phase =>
        _draining || lifetime.ApplicationStopping.IsCancellationRequested ? LifecyclePhase.Stopping
        : lifetime.ApplicationStarted.IsCancellationRequested ? LifecyclePhase.Running
        : LifecyclePhase.Starting;

    /// <summary>Makes the app not ready, though it still serves requests.</summary>
    public void Drain() => _draining = true;
}

/// <summary>The phases of an app.</summary>
internal enum LifecyclePhase
{
    Starting,
    Running,
    Stopping,
}
