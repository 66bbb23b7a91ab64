using Herz.Resilience.Configuration;

namespace Herz.Resilience.Health;

internal static class HealthOptionsValidator
{
    private static readonly TimeSpan s_shortestPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_shortestStall = TimeSpan.FromSeconds(10);

    public static void Validate(HealthOptions options, ConfigurationErrors errors)
    {
        errors.AbsolutePath("Health:Path", options.Path);
        if (options.Port is { } port)
        {
            errors.InRange("Health:Port", port, 0L, ushort.MaxValue);
        }

        CheckTimes("Health", options.Period, options.Timeout, errors);
        errors.InRange("Health:FailureThreshold", options.FailureThreshold, 1L, 100);
        errors.InRange("Health:SuccessThreshold", options.SuccessThreshold, 1L, 100);
        if (options.StallLimit < s_shortestStall)
        {
            errors.Add("Health:StallLimit", options.StallLimit, "a time of at least 00:00:10");
        }

        errors.InRange("Health:DrainDelay", options.DrainDelay ?? TimeSpan.Zero, TimeSpan.Zero, s_longest);
        foreach (var (name, check) in options.Checks)
        {
            CheckTimes($"Health:Checks:{name}", check.Period, check.Timeout, errors);
            errors.Defined($"Health:Checks:{name}:Impact", check.Impact);
        }
    }

    private static void CheckTimes(string key, TimeSpan? period, TimeSpan? timeout, ConfigurationErrors errors)
    {
        if (period is { } time)
        {
            errors.InRange($"{key}:Period", time, s_shortestPeriod, s_longest);
        }

        if (timeout is { } given)
        {
            errors.Positive($"{key}:Timeout", given);
        }
    }
}
