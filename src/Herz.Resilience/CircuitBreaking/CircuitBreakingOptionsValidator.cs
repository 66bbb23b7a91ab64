using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>Tells the bounds that Polly has too, but with the full key.</summary>
internal static class CircuitBreakingOptionsValidator
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static void Validate(CircuitBreakingOptions options, ConfigurationErrors errors)
    {
        Check("CircuitBreaking", CircuitNumbers.Of(options), errors);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < (options.Routes?.Count ?? 0); index++)
        {
            var route = options.Routes![index];
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

            Check(key, CircuitNumbers.Of(options, route), errors);
        }
    }

    private static void Check(string key, CircuitNumbers numbers, ConfigurationErrors errors)
    {
        if (!(numbers.FailureRatio > 0 && numbers.FailureRatio <= 1))
        {
            errors.Add($"{key}:FailureRatio", numbers.FailureRatio, "a ratio above 0 and at most 1");
        }

        errors.InRange($"{key}:MinimumThroughput", numbers.MinimumThroughput, 2L, int.MaxValue);
        CheckTime($"{key}:SamplingDuration", numbers.SamplingDuration, errors);
        CheckTime($"{key}:BreakDuration", numbers.BreakDuration, errors);
    }

    private static void CheckTime(string key, TimeSpan time, ConfigurationErrors errors)
    {
        if (time < s_shortest || time > s_longest)
        {
            errors.Add(key, time, "a time from 00:00:00.500 to 1.00:00:00");
        }
    }
}
