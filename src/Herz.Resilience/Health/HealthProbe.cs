using Herz.Resilience.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Health;

/// <summary>Answers each probe from the phase of the app and the results of its checks.</summary>
internal sealed class HealthProbe
{
    private readonly CheckResults[] _results;
    private readonly bool?[] _passed = new bool?[3];
    private readonly LifecycleState _lifecycle;
    private readonly HealthMetrics _metrics;
    private readonly ILogger<HealthProbe> _logger;

    public HealthProbe(
        HealthCheckService checks, IOptions<HealthCheckServiceOptions> known, Settings<HealthOptions> settings, LifecycleState lifecycle, HealthMetrics metrics, TimeProvider time, ILogger<HealthProbe> logger)
    {
        _lifecycle = lifecycle;
        _metrics = metrics;
        _logger = logger;
        _results = [.. Enum.GetValues<ProbeKind>().Select(kind => new CheckResults(kind, checks, known, settings, metrics, time, logger))];
    }

    public async Task<ProbeAnswer> AskAsync(ProbeKind kind)
    {
        var answer = ProbeVerdict.Reason(kind, _lifecycle.Phase) is { } reason
            ? new ProbeAnswer(false, reason, [])
            : Judge(await _results[(int)kind].GetAsync());
        Report(kind, answer);
        return answer;
    }

    private static ProbeAnswer Judge(HealthReport report) => new(
        ProbeVerdict.Passes(report.Status),
        Name(report.Status),
        [.. report.Entries.Select(entry => (entry.Key, Name(entry.Value.Status)))]);

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private void Report(ProbeKind kind, ProbeAnswer answer)
    {
        _metrics.Answered(kind, answer.Passed);
        lock (_passed)
        {
            if (_passed[(int)kind] == answer.Passed)
            {
                return;
            }

            _passed[(int)kind] = answer.Passed;
        }

        var failing = string.Join(", ", answer.Checks.Where(check => check.Status == "unhealthy").Select(check => check.Name));
        _logger.ProbeChanged(kind, answer.Status, failing.Length == 0 ? "none" : failing);
    }
}

/// <summary>The answer to a probe.</summary>
internal sealed record ProbeAnswer(bool Passed, string Status, IReadOnlyList<(string Name, string Status)> Checks);
