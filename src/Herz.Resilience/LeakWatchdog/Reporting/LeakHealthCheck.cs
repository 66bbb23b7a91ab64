using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.LeakWatchdog.Reporting;

/// <summary>Degraded while a leak is suspected: the app still serves requests, but needs attention.</summary>
internal sealed class LeakHealthCheck(LeakBoard board) : IHealthCheck
{
    public const string Name = "herz-leaks";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var leaks = board.Current;
        return Task.FromResult(leaks.Length == 0
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join("; ", leaks.Select(static leak => leak.ToString()))));
    }
}
