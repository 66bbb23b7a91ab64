using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.Health;

/// <summary>Where the app is between its start and its end.</summary>
internal sealed class LifecycleState(IHostApplicationLifetime lifetime)
{
    private volatile bool _draining;

    public LifecyclePhase Phase =>
        _draining || lifetime.ApplicationStopping.IsCancellationRequested ? LifecyclePhase.Stopping
        : lifetime.ApplicationStarted.IsCancellationRequested ? LifecyclePhase.Running
        : LifecyclePhase.Starting;

    /// <summary>From now on the app is not ready, though it still serves.</summary>
    public void Drain() => _draining = true;
}

/// <summary>The phases of an app.</summary>
internal enum LifecyclePhase
{
    Starting,
    Running,
    Stopping,
}
