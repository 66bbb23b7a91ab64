using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Herz.Resilience.RateLimiting;

/// <summary>The policies in force, and which of them apply where. Immutable; one per configuration.</summary>
internal sealed class LimitPlan
{
    /// <summary>The policy where none is configured.</summary>
    public const string DefaultName = "default";

    private readonly Dictionary<string, LimitPolicy> _policies = new(StringComparer.OrdinalIgnoreCase);

    public LimitPlan(RateLimitingOptions options, GuardMode mode, BucketClock clock, PartitionKeys keys, LimitPlan? former)
    {
        Generation = (former?.Generation ?? 0) + 1;
        SendFieldsOnSuccess = options.SendFieldsOnSuccess;
        RetryAfterJitter = options.RetryAfterJitter;
        IEnumerable<KeyValuePair<string, RateLimitPolicyOptions>> policies = options.Policies.Count > 0
            ? options.Policies
            : [new(DefaultName, new RateLimitPolicyOptions())];
        foreach (var (name, policy) in policies)
        {
            _policies[name] = new LimitPolicy(name, policy, mode, options.MaxPartitions, clock, keys, former?._policies.GetValueOrDefault(name));
        }

        HasQueues = _policies.Values.Any(static policy => policy.Options.QueueLimit > 0);
        General = [.. _policies.Values.Where(policy => policy.Routes.Count == 0 && policy.Mode != GuardMode.Off)];
        OnArrival = [.. General.Where(policy => policy.IsKnownOnArrival)];
        Late = [.. General.Except(OnArrival)];
    }

    /// <summary>Tells the plan that took something from the one after a reload.</summary>
    public int Generation { get; }

    /// <summary>Whether requests may wait somewhere, so that what they take must be remembered one by one.</summary>
    public bool HasQueues { get; }

    public bool SendFieldsOnSuccess { get; }

    public TimeSpan RetryAfterJitter { get; }

    public IReadOnlyCollection<LimitPolicy> All => _policies.Values;

    /// <summary>Those that apply to every request.</summary>
    public LimitPolicy[] General { get; }

    /// <summary>Those of them that can be asked before routing.</summary>
    public LimitPolicy[] OnArrival { get; }

    /// <summary>Those of them that need the endpoint or the user.</summary>
    public LimitPolicy[] Late { get; }

    /// <summary>What applies to an endpoint alone: by its route, and by name. Names that are not configured come out separately.</summary>
    public LimitPolicy[] Of(GuardedEndpoint endpoint, out string[] unknown)
    {
        var names = endpoint.Metadata.GetOrderedMetadata<HerzLimitAttribute>().Select(limit => limit.Policy).ToArray();
        unknown = [.. names.Where(name => !_policies.ContainsKey(name))];
        return
        [
            .. _policies.Values.Where(policy => policy.Mode != GuardMode.Off
                && !General.Contains(policy)
                && (policy.Routes.Contains(endpoint.Route, StringComparer.OrdinalIgnoreCase) || names.Contains(policy.Name, StringComparer.OrdinalIgnoreCase))),
        ];
    }

    public static bool IsExempt(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<DisableHerzLimitAttribute>() is not null || metadata.GetMetadata<DisableRateLimitingAttribute>() is not null;
}
