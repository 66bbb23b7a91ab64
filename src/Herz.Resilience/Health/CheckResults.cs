using Herz.Resilience.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health;

/// <summary>
/// The results of the app's checks for one probe: asked by one at a time, answered to all, and kept for a moment.
/// </summary>
internal sealed class CheckResults(ProbeKind kind, HealthCheckService checks, Settings<HealthOptions> settings, HealthMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly HealthReport s_timedOut = Unhealthy("timeout");
    private static readonly HealthReport s_failed = Unhealthy("health-check-service");

    private readonly Lock _lock = new();
    private Task<HealthReport>? _running;
    private HealthReport? _last;
    private long _lastTimestamp;

    public async Task<HealthReport> GetAsync()
    {
        Task<HealthReport> running;
        lock (_lock)
        {
            if (_last is not null && time.GetElapsedTime(_lastTimestamp) < settings.Value.CacheDuration)
            {
                return _last;
            }

            // One that hangs is not asked again beside itself: it is waited for until it ends.
            running = _running ??= RunAsync();
        }

        try
        {
            return await running.WaitAsync(settings.Value.Timeout, time);
        }
        catch (TimeoutException)
        {
            return s_timedOut;
        }
    }

    private async Task<HealthReport> RunAsync()
    {
        // Off the prober's thread, so that a check that blocks does not block the probe.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var begin = time.GetTimestamp();
        HealthReport report;
        using var cancel = new CancellationTokenSource(settings.Value.Timeout, time);
        try
        {
            report = await checks.CheckHealthAsync(check => ProbeVerdict.Asks(kind, check.Tags), cancel.Token);
        }
        catch (OperationCanceledException)
        {
            report = s_timedOut;
        }
#pragma warning disable CA1031 // A service that cannot run its checks is not healthy; it must not fault for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.ChecksFailed(exception);
            report = s_failed;
        }

        metrics.Checked(kind, time.GetElapsedTime(begin));
        lock (_lock)
        {
            _last = report;
            _lastTimestamp = time.GetTimestamp();
            _running = null;
        }

        return report;
    }

    private static HealthReport Unhealthy(string name) =>
        new(new Dictionary<string, HealthReportEntry> { [name] = new(HealthStatus.Unhealthy, null, default, null, null) }, default);
}
