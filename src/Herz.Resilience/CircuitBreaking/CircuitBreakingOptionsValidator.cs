using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>Checks the same limits as Polly, but reports the full key.</summary>
internal static class CircuitBreakingOptionsValidator
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(500);

    public static void Validate(CircuitBreakingOptions options, ConfigurationErrors errors)
    {
        Check("CircuitBreaking", options.FailureRatio, options.MinimumThroughput, options.SamplingDuration, options.BreakDuration, errors);
        CheckSlow("CircuitBreaking", options.MaxBreakDuration, options.BreakDuration, options.SlowCallDuration, options.SlowCallRatio, errors);
        var routes = new RouteRules(errors);
        for (var index = 0; index < options.Routes.Count; index++)
        {
            var route = options.Routes[index];
            var key = $"CircuitBreaking:Routes:{index}";
            if (routes.Check($"{key}:Pattern", route.Pattern))
            {
                // An inherited value is reported once, not for every route.
                Check(key, route.FailureRatio, route.MinimumThroughput, route.SamplingDuration, route.BreakDuration, errors);
                CheckSlow(key, route.MaxBreakDuration, route.BreakDuration, route.SlowCallDuration, route.SlowCallRatio, errors);
            }
        }
    }

    private static void Check(string key, double? ratio, int? throughput, TimeSpan? sampling, TimeSpan? duration, ConfigurationErrors errors)
    {
        CheckRatio($"{key}:FailureRatio", ratio, errors);
        if (throughput is { } number)
        {
            errors.InRange($"{key}:MinimumThroughput", number, 2L, int.MaxValue);
        }

        CheckTime($"{key}:SamplingDuration", sampling, errors);
        CheckTime($"{key}:BreakDuration", duration, errors);
    }

    private static void CheckSlow(string key, TimeSpan? longest, TimeSpan? duration, TimeSpan? slow, double? ratio, ConfigurationErrors errors)
    {
        CheckTime($"{key}:MaxBreakDuration", longest, errors);
        if (longest < duration)
        {
            errors.Add($"{key}:MaxBreakDuration", longest, $"at least BreakDuration, which is {duration}");
        }

        if (slow is { } given)
        {
            errors.Positive($"{key}:SlowCallDuration", given);
        }

        CheckRatio($"{key}:SlowCallRatio", ratio, errors);
    }

    private static void CheckRatio(string key, double? ratio, ConfigurationErrors errors)
    {
        if (ratio is { } given && !(given > 0 && given <= 1))
        {
            errors.Add(key, given, "a ratio above 0 and at most 1");
        }
    }

    private static void CheckTime(string key, TimeSpan? time, ConfigurationErrors errors)
    {
        if (time is { } given)
        {
            errors.InRange(key, given, s_shortest, TimeSpan.FromDays(1));
        }
    }
}
