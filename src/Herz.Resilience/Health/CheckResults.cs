using Herz.Resilience.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Health;

/// <summary>
/// The results of the app's checks for one probe. One run at a time serves all callers; its results are cached for a short time.
/// </summary>
internal sealed class CheckResults(
    ProbeKind kind, HealthCheckService checks, IOptions<HealthCheckServiceOptions> known, Settings<HealthOptions> settings, HealthMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly HealthReport s_failed = new(
        new Dictionary<string, HealthReportEntry> { ["health-check-service"] = new(HealthStatus.Unhealthy, null, default, null, null) }, default);

    private readonly Lock _lock = new();
    private readonly (string Name, CheckRun Run)[] _runs =
        [.. known.Value.Registrations.Where(check => ProbeVerdict.Includes(kind, check.Tags)).Select(check => (check.Name, new CheckRun(checks, check, time)))];

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
        var start = time.GetTimestamp();
        var timeout = settings.Value.Timeout;
        HealthReport report;
        try
        {
            var entries = await Task.WhenAll(_runs.Select(check => check.Run.AskAsync(timeout)));
            report = new HealthReport(
                _runs.Zip(entries).ToDictionary(static pair => pair.First.Name, static pair => pair.Second, StringComparer.OrdinalIgnoreCase), time.GetElapsedTime(start));
        }
#pragma warning disable CA1031 // An app that cannot run its checks is unhealthy; a faulted task would stay for ever.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.ChecksFailed(exception);
            report = s_failed;
        }

        metrics.Checked(kind, time.GetElapsedTime(start));
        lock (_lock)
        {
            _last = report;
            _lastTimestamp = time.GetTimestamp();
            _running = null;
        }

        return report;
    }
}
