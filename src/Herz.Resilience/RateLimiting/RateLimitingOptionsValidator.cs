using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.RateLimiting;

internal static class RateLimitingOptionsValidator
{
    public static void Validate(RateLimitingOptions options, ConfigurationErrors errors)
    {
        errors.InRange("RateLimiting:MaxPartitions", options.MaxPartitions, 1, 10_000_000);
        errors.InRange("RateLimiting:RetryAfterJitter", options.RetryAfterJitter, TimeSpan.Zero, TimeSpan.FromHours(1));
        foreach (var (name, policy) in options.Policies)
        {
            var key = $"RateLimiting:Policies:{name}";
            // The name is part of a header, in quotes, and labels metrics.
            if (!ConfigurationErrors.IsLabel(name))
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
        var routes = new RouteRules(errors);
        for (var index = 0; index < policy.Routes.Count; index++)
        {
            routes.Check($"{key}:Routes:{index}", policy.Routes[index]);
        }
    }
}
