using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>The policies in force. Immutable; one per configuration.</summary>
internal sealed class LimitPlan
{
    /// <summary>The name of the built-in policy, used if none is configured.</summary>
    public const string DefaultName = "default";

    private readonly Dictionary<string, LimitPolicy> _policies = new(StringComparer.OrdinalIgnoreCase);

    public LimitPlan(RateLimitingOptions options, EnforcementMode mode, BucketClock clock, PartitionKeys keys, LimitPlan? former)
    {
        SendFieldsOnSuccess = options.SendFieldsOnSuccess;
        RetryAfterJitter = options.RetryAfterJitter;
        IsConfigured = options.Policies.Count > 0;

        // The built-in limit is only observed: the right limit for this app's clients is not known.
        IEnumerable<KeyValuePair<string, RateLimitPolicyOptions>> policies = IsConfigured
            ? options.Policies
            : [new(DefaultName, new RateLimitPolicyOptions { Mode = mode == EnforcementMode.Off ? EnforcementMode.Off : EnforcementMode.Observe })];
        foreach (var (name, policy) in policies)
        {
            _policies[name] = new LimitPolicy(name, policy, mode, options.MaxPartitions, clock, keys, former?._policies.GetValueOrDefault(name));
        }
    }

    /// <summary>Whether any policy is configured.</summary>
    public bool IsConfigured { get; }

    public bool SendFieldsOnSuccess { get; }

    public TimeSpan RetryAfterJitter { get; }

    public IReadOnlyCollection<LimitPolicy> All => _policies.Values;

    /// <summary>Whether a policy has a bucket for each address.</summary>
    public bool IsByAddress(string name) => _policies.TryGetValue(name, out var policy) && policy.Options.IsByAddress;

    /// <summary>The policies that apply to this endpoint by its route or by name. Names that are not configured are returned separately.</summary>
    public LimitPolicy[] Of(GuardedEndpoint endpoint, LimitSelection selection, out string[] unknown)
    {
        var names = endpoint.Metadata.GetOrderedMetadata<HerzRateLimitAttribute>().Select(limit => limit.Policy).ToArray();
        unknown = [.. names.Where(name => !_policies.ContainsKey(name))];
        return
        [
            .. _policies.Values.Where(policy => policy.Mode != EnforcementMode.Off
                && !selection.General.Contains(policy)
                && (policy.Routes.Contains(endpoint.Route, StringComparer.OrdinalIgnoreCase) || names.Contains(policy.Name, StringComparer.OrdinalIgnoreCase))),
        ];
    }

    public static bool IsExempt(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<DisableHerzRateLimitingAttribute>() is not null || metadata.GetMetadata<DisableRateLimitingAttribute>() is not null;
}
