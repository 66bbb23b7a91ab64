using Herz.Resilience.Health.Probes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health.Checks;

/// <summary>
/// The pure core of one check: the state after its results. A state changes only after consecutive results of the other kind, so
/// that a single timeout takes nothing out of service and a flapping check does not put it back. Not thread-safe.
/// </summary>
internal sealed class CheckHistory
{
    private int _opposite;

    /// <summary>The state that probes show.</summary>
    public CheckStatus Status { get; private set; } = CheckStatus.Pending;

    /// <summary>Whether it has passed at least once.</summary>
    public bool HasPassed { get; private set; }

    /// <summary>The time of the last result.</summary>
    public long LastTimestamp { get; private set; }

    /// <summary>A run has ended, or was given up with the check's failure status.</summary>
    public void Record(HealthStatus result, long now, int failureThreshold, int successThreshold)
    {
        LastTimestamp = now;
        var status = result switch
        {
            HealthStatus.Healthy => CheckStatus.Healthy,
            HealthStatus.Degraded => CheckStatus.Degraded,
            _ => CheckStatus.Unhealthy,
        };
        var passes = status != CheckStatus.Unhealthy;
        if (passes == Passes)
        {
            _opposite = 0;
            Status = status;
        }
        else if (++_opposite >= (!HasPassed ? 1 : passes ? successThreshold : failureThreshold))
        {
            _opposite = 0;
            Status = status;
        }

        HasPassed |= passes;
    }

    private bool Passes => Status is CheckStatus.Healthy or CheckStatus.Degraded;
}
