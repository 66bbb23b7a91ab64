using Herz.Resilience.Configuration;
using Herz.Resilience.Management;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Health;

/// <summary>Answers each probe from the phase of the app, the results of its checks and, for <c>ready</c>, the notes of other features.</summary>
internal sealed class HealthProbe
{
    private readonly CheckResults[] _results;
    private readonly bool?[] _passed = new bool?[3];
    private readonly LifecycleState _lifecycle;
    private readonly HealthMetrics _metrics;
    private readonly ILogger<HealthProbe> _logger;
    private readonly ProbeNote[] _notes;

    public HealthProbe(
        HealthCheckService checks, IEnumerable<ProbeNote> notes, IOptions<HealthCheckServiceOptions> known, Settings<HealthOptions> settings, LifecycleState lifecycle, HealthMetrics metrics, TimeProvider time, ILogger<HealthProbe> logger)
    {
        _lifecycle = lifecycle;
        _metrics = metrics;
        _logger = logger;
        _notes = [.. notes];
        _results = [.. Enum.GetValues<ProbeKind>().Select(kind => new CheckResults(kind, checks, known, settings, metrics, time, logger))];
    }

    public async Task<ProbeAnswer> AskAsync(ProbeKind kind)
    {
        var answer = ProbeVerdict.Reason(kind, _lifecycle.Phase) is { } reason
            ? new ProbeAnswer(false, reason, [])
            : Judge(await _results[(int)kind].GetAsync(), kind == ProbeKind.Ready ? _notes : []);
        Report(kind, answer);
        return answer;
    }

    private static ProbeAnswer Judge(HealthReport report, ProbeNote[] notes)
    {
        ProbeCheck[] checks =
        [
            .. notes.Where(note => !report.Entries.ContainsKey(note.Name)).Select(Read),
            .. report.Entries.Select(static entry => new ProbeCheck(entry.Key, Name(entry.Value.Status))),
        ];
        var status = report.Status == HealthStatus.Healthy && checks.Any(static check => check.Text is not null) ? HealthStatus.Degraded : report.Status;
        return new ProbeAnswer(ProbeVerdict.Passes(status), Name(status), checks);
    }

    private static ProbeCheck Read(ProbeNote note) =>
        note.Degraded is { } text ? new ProbeCheck(note.Name, Name(HealthStatus.Degraded), text) : new ProbeCheck(note.Name, Name(HealthStatus.Healthy));

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
internal sealed record ProbeAnswer(bool Passed, string Status, IReadOnlyList<ProbeCheck> Checks);

/// <summary>One check in the answer to a probe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its state.</param>
/// <param name="Text">What a feature of the bundle says about its state; null for checks of the app, whose texts may be secret.</param>
internal readonly record struct ProbeCheck(string Name, string Status, string? Text = null);
