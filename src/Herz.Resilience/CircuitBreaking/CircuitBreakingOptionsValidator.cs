using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>Checks the same limits as Polly, but reports the full key.</summary>
internal static class CircuitBreakingOptionsValidator
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static void Validate(CircuitBreakingOptions options, ConfigurationErrors errors)
    {
        Check("CircuitBreaking", options.FailureRatio, options.MinimumThroughput, options.SamplingDuration, options.BreakDuration, errors);
        CheckSlow("CircuitBreaking", options.MaxBreakDuration, options.BreakDuration, options.SlowCallDuration, options.SlowCallRatio, errors);
        if (options.Routes is null)
        {
            errors.Add("CircuitBreaking:Routes", null, "a list; leave the key out for none");
            return;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < options.Routes.Count; index++)
        {
            var route = options.Routes[index];
            var key = $"CircuitBreaking:Routes:{index}";
            if (string.IsNullOrWhiteSpace(route?.Pattern))
            {
                errors.Add($"{key}:Pattern", route?.Pattern, "the route's pattern as the app maps it, such as \"/orders/{id}\"");
                continue;
            }

            if (!seen.Add(RoutePatterns.Normalize(route.Pattern)))
            {
                errors.Add($"{key}:Pattern", route.Pattern, "a route that no earlier entry names; this one is a duplicate");
            }

            // An inherited value is reported once, not for every route.
            Check(key, route.FailureRatio, route.MinimumThroughput, route.SamplingDuration, route.BreakDuration, errors);
            CheckSlow(key, route.MaxBreakDuration, route.BreakDuration, route.SlowCallDuration, route.SlowCallRatio, errors);
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

        if (slow <= TimeSpan.Zero || slow > s_longest)
        {
            errors.Add($"{key}:SlowCallDuration", slow, "a time above 00:00:00 and at most 1.00:00:00");
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
        if (time < s_shortest || time > s_longest)
        {
            errors.Add(key, time, "a time from 00:00:00.500 to 1.00:00:00");
        }
    }
}
