using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.RateLimiting;

internal static class RateLimitingOptionsValidator
{
    private static readonly TimeSpan s_maxJitter = TimeSpan.FromHours(1);

    public static void Validate(RateLimitingOptions options, ConfigurationErrors errors)
    {
        errors.InRange("RateLimiting:MaxPartitions", options.MaxPartitions, 1, 10_000_000);
        if (options.RetryAfterJitter < TimeSpan.Zero || options.RetryAfterJitter > s_maxJitter)
        {
            errors.Add("RateLimiting:RetryAfterJitter", options.RetryAfterJitter, "a time from 00:00:00 to 01:00:00");
        }

        if (options.Policies is null)
        {
            errors.Add("RateLimiting:Policies", null, "an object of named policies; leave the key out for the default one");
            return;
        }

        foreach (var (name, policy) in options.Policies)
        {
            var key = $"RateLimiting:Policies:{name}";
            if (policy is null)
            {
                errors.Add(key, null, "an object such as { \"PermitsPerSecond\": 100, \"Burst\": 200 }");
                continue;
            }

            // The name is part of a header, in quotes, and labels metrics.
            if (name.Length is 0 or > 64 || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            {
                errors.Add(key, name, "a name of 1 to 64 letters, digits, '-', '_' and '.'");
            }

            CheckNumbers(key, policy, errors);
            CheckRoutes(key, policy, errors);
            LimitOverridesValidator.Validate(key, policy, errors);
        }
    }

    private static void CheckNumbers(string key, RateLimitPolicyOptions policy, ConfigurationErrors errors)
    {
        if (!BucketRate.IsRate(policy.PermitsPerSecond))
        {
            errors.Add($"{key}:PermitsPerSecond", policy.PermitsPerSecond, "a number above 0 and at most 100000000");
        }
        else if (!BucketRate.IsRefillable(policy.PermitsPerSecond, policy.Burst))
        {
            errors.Add($"{key}:Burst", policy.Burst, "a burst that refills within 365 days at its PermitsPerSecond");
        }

        errors.InRange($"{key}:Burst", policy.Burst, 1, BucketRate.MaxBurst);
        errors.InRange($"{key}:QueueLimit", policy.QueueLimit, 0, 10_000);
        errors.Defined<PartitionBy>($"{key}:PartitionBy", policy.PartitionBy);
        errors.Defined($"{key}:Mode", policy.Mode);
        if (string.IsNullOrWhiteSpace(policy.Header) || policy.Header.Any(static letter => letter is <= ' ' or ':' or > '~'))
        {
            errors.Add($"{key}:Header", policy.Header, "the name of a request header, such as \"X-Api-Key\"");
        }
    }

    private static void CheckRoutes(string key, RateLimitPolicyOptions policy, ConfigurationErrors errors)
    {
        if (policy.Routes is null)
        {
            errors.Add($"{key}:Routes", null, "a list of routes; leave the key out for every request");
            return;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < policy.Routes.Count; index++)
        {
            var route = policy.Routes[index];
            if (string.IsNullOrWhiteSpace(route))
            {
                errors.Add($"{key}:Routes:{index}", route, "the route's pattern as the app maps it, such as \"/login\"");
            }
            else if (!seen.Add(RoutePatterns.Normalize(route)))
            {
                errors.Add($"{key}:Routes:{index}", route, "a route that no earlier entry names; this one is a duplicate");
            }
        }
    }
}
