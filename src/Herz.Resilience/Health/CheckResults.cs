using Herz.Resilience.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Health;

/// <summary>
/// The results of the app's checks for one probe: asked by one at a time, answered to all, and kept for a moment.
/// </summary>
internal sealed class CheckResults(
    ProbeKind kind, HealthCheckService checks, IOptions<HealthCheckServiceOptions> known, Settings<HealthOptions> settings, HealthMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly HealthReport s_failed = new(
        new Dictionary<string, HealthReportEntry> { ["health-check-service"] = new(HealthStatus.Unhealthy, null, default, null, null) }, default);

    private readonly Lock _lock = new();
    private readonly (string Name, CheckRun Run)[] _runs =
        [.. known.Value.Registrations.Where(check => ProbeVerdict.Asks(kind, check.Tags)).Select(check => (check.Name, new CheckRun(checks, check, time)))];

    private Task<HealthReport>? _running;
    private HealthReport? _last;
    private long _lastTimestamp;

    public Task<HealthReport> GetAsync()
    {
        lock (_lock)
        {
            return _last is not null && time.GetElapsedTime(_lastTimestamp) < settings.Value.CacheDuration
                ? Task.FromResult(_last)
                : _running ??= RunAsync();
        }
    }

    private async Task<HealthReport> RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var begin = time.GetTimestamp();
        var timeout = settings.Value.Timeout;
        HealthReport report;
        try
        {
            var entries = await Task.WhenAll(_runs.Select(check => check.Run.AskAsync(timeout)));
            report = new HealthReport(
                _runs.Zip(entries).ToDictionary(static pair => pair.First.Name, static pair => pair.Second, StringComparer.OrdinalIgnoreCase), time.GetElapsedTime(begin));
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
}
