using Herz.Resilience.Health.Checks;
using Herz.Resilience.Health.Lifecycle;
using Herz.Resilience.Management;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health.Probes;

/// <summary>
/// Answers each probe from the phase of the app, the states of its checks and, for <c>ready</c>, the notes of other features. It waits for
/// nothing and needs no thread of the pool.
/// </summary>
internal sealed class HealthProbe(HealthMonitor monitor, IEnumerable<ProbeNote> notes, AppLifecycle lifecycle, HealthMetrics metrics, ILogger<HealthProbe> logger)
{
    private readonly bool?[] _passed = new bool?[3];
    private readonly ProbeNote[] _notes = [.. notes];

    /// <param name="kind">The probe.</param>
    /// <param name="excluded">Names of checks that it leaves out.</param>
    public ProbeAnswer Ask(ProbeKind kind, IReadOnlyCollection<string> excluded)
    {
        if (ProbeVerdict.Reason(kind, lifecycle.Phase, monitor.IsStalled) is { } reason)
        {
            return Report(new ProbeAnswer(kind, false, reason, []));
        }

        ProbeCheck[] checks = [.. monitor.Read(kind)];
        ProbeCheck[] noted = kind == ProbeKind.Ready ? [.. _notes.Where(note => !checks.Any(check => check.Name == note.Name)).Select(Read)] : [];
        checks = [.. noted.Concat(checks).Where(check => !excluded.Contains(check.Name, StringComparer.OrdinalIgnoreCase))];
        var status = ProbeVerdict.Of(checks.Select(static check => (check.Status, check.Impact)));
        var answer = new ProbeAnswer(kind, status != ProbeStatus.Unhealthy, NameOf(status), checks);
        return excluded.Count == 0 ? Report(answer) : answer;
    }

    private static ProbeCheck Read(ProbeNote note) => note.Degraded is { } text
        ? new ProbeCheck(note.Name, CheckStatus.Degraded, HealthImpact.Degraded) { Text = text }
        : new ProbeCheck(note.Name, CheckStatus.Healthy, HealthImpact.Degraded);

    private static string NameOf(ProbeStatus status) => status switch
    {
        ProbeStatus.Healthy => "healthy",
        ProbeStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private ProbeAnswer Report(ProbeAnswer answer)
    {
        metrics.Answered(answer.Kind, answer.Passed);
        lock (_passed)
        {
            if (_passed[(int)answer.Kind] == answer.Passed)
            {
                return answer;
            }

            _passed[(int)answer.Kind] = answer.Passed;
        }

        var failing = string.Join(", ", answer.Checks.Where(static check => check.Status > CheckStatus.Degraded).Select(static check => check.Name));
        logger.ProbeChanged(answer.Kind, answer.Status, failing.Length == 0 ? "none" : failing);
        return answer;
    }
}
