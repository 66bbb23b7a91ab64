using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health.Checks;

/// <summary>The settings of one check: its own entry, then its registration, then those of all checks.</summary>
internal readonly record struct CheckTimes(TimeSpan Period, TimeSpan Timeout)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);

    public static CheckTimes Of(HealthOptions options, HealthCheckRegistration check)
    {
        options.Checks.TryGetValue(check.Name, out var own);
        return new(
            own?.Period ?? check.Period ?? options.Period,
            own?.Timeout ?? (check.Timeout > TimeSpan.Zero ? check.Timeout : options.Timeout));
    }

    /// <summary>The time from the start of one run to the next. Jittered, so that checks and replicas do not run together.</summary>
    public TimeSpan NextAfter(bool hasPassed, double random) =>
        (hasPassed || Period < s_first ? Period : s_first) * (0.9 + (0.2 * random));
}
