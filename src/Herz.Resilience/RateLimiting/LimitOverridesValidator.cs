using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;

namespace Herz.Resilience.RateLimiting;

internal static class LimitOverridesValidator
{
    public static void Validate(string policyKey, RateLimitPolicyOptions policy, ConfigurationErrors errors)
    {
        if (policy.Overrides.Count > 0 && policy.PartitionBy == PartitionBy.Global && policy.PartitionKey is null)
        {
            errors.Add($"{policyKey}:Overrides", policy.Overrides.Count, "none, since a policy with PartitionBy Global has no keys");
            return;
        }

        var seen = new HashSet<object>();
        for (var index = 0; index < policy.Overrides.Count; index++)
        {
            Check($"{policyKey}:Overrides:{index}", policy, policy.Overrides[index], seen, errors);
        }
    }

    private static void Check(string path, RateLimitPolicyOptions policy, RateLimitOverrideOptions entry, HashSet<object> seen, ConfigurationErrors errors)
    {
        if (string.IsNullOrEmpty(entry.Key))
        {
            errors.Add($"{path}:Key", entry.Key, "the key of a partition");
            return;
        }

        AddressRange range = default;
        if (policy.IsByAddress && !AddressRange.TryParse(entry.Key, out range))
        {
            errors.Add($"{path}:Key", entry.Key, "an address or a network such as \"10.0.0.0/8\", of IPv6 /64 or shorter");
        }
        else if (policy.IsByApiKey && entry.Key.StartsWith(ApiKeyDigest.Prefix, StringComparison.OrdinalIgnoreCase) && !ApiKeyDigest.TryParse(entry.Key, out _))
        {
            errors.Add($"{path}:Key", entry.Key, "\"sha256:\" and 64 hexadecimal digits");
        }
        else if (!seen.Add(policy.IsByAddress ? range : policy.IsByRoute ? RoutePatterns.Normalize(entry.Key).ToUpperInvariant() : entry.Key))
        {
            errors.Add($"{path}:Key", Redacted(policy, entry.Key), "a key that no earlier entry names; this one is a duplicate");
        }

        if (entry.Exempt == (entry.PermitsPerSecond is not null || entry.Burst is not null))
        {
            errors.Add(path, Redacted(policy, entry.Key), "either Exempt true, or PermitsPerSecond or Burst or both");
        }

        CheckNumbers(path, entry.PermitsPerSecond ?? policy.PermitsPerSecond, entry.Burst ?? policy.Burst, entry, errors);
    }

    // An API key is a secret, and errors are logged.
    private static string Redacted(RateLimitPolicyOptions policy, string key) => policy.IsByApiKey && !ApiKeyDigest.TryParse(key, out _) ? "(an API key)" : key;

    private static void CheckNumbers(string path, double permitsPerSecond, int burst, RateLimitOverrideOptions entry, ConfigurationErrors errors)
    {
        if (entry.PermitsPerSecond is { } rate && !BucketRate.IsRate(rate))
        {
            errors.Add($"{path}:PermitsPerSecond", rate, "a number above 0 and at most 100000000");
        }
        else if (entry.Burst is { } most)
        {
            errors.InRange($"{path}:Burst", most, 1, BucketRate.MaxBurst);
        }

        if (BucketRate.IsRate(permitsPerSecond) && burst is >= 1 and <= BucketRate.MaxBurst && !BucketRate.IsRefillable(permitsPerSecond, burst))
        {
            errors.Add($"{path}:Burst", burst, "a burst that refills within 365 days at its PermitsPerSecond");
        }
    }
}
