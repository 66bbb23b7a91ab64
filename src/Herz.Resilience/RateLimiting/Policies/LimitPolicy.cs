using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>One policy in force: its options, its buckets and its overrides. Immutable except for the buckets.</summary>
internal sealed class LimitPolicy
{
    private readonly PartitionKeys _keys;
    private readonly LimitBuckets _buckets;
    private readonly LimitOverrides? _overrides;

    /// <param name="name">The name of the policy.</param>
    /// <param name="options">The validated options of the policy.</param>
    /// <param name="mode">The mode of the feature, used if the policy does not set one.</param>
    /// <param name="maxPartitions">The most partitions that the table keeps.</param>
    /// <param name="clock">The clock of the feature.</param>
    /// <param name="keys">Computes the keys of partitions.</param>
    /// <param name="former">The policy of this name before a reload; its levels are kept.</param>
    public LimitPolicy(string name, RateLimitPolicyOptions options, EnforcementMode mode, int maxPartitions, BucketClock clock, PartitionKeys keys, LimitPolicy? former)
    {
        Name = name;
        Options = options;
        Mode = options.Mode ?? mode;
        Refusals = new LimitRefusals(name);
        Routes = [.. options.Routes.Select(RoutePatterns.Normalize)];
        _keys = keys;
        former = former is not null && SameKeys(former.Options) ? former : null;
        var bound = options.PartitionBy == PartitionBy.Global && options.PartitionKey is null ? 1 : maxPartitions;
        _buckets = new LimitBuckets(name, options.PermitsPerSecond, options.Burst, bound, clock, former?._buckets);
        _overrides = options.Overrides.Count == 0 ? null : new LimitOverrides(name, options, maxPartitions, clock, keys, former?._overrides);
    }

    public string Name { get; }

    public RateLimitPolicyOptions Options { get; }

    public EnforcementMode Mode { get; }

    public LimitRefusals Refusals { get; }

    public IReadOnlyList<string> Routes { get; }

    public int Partitions => Tables.Sum(static table => table.Count);

    public long Evictions => Tables.Sum(static table => table.Evictions);

    /// <summary>Whether the key is known before routing and authentication.</summary>
    public bool IsKnownOnArrival => Routes.Count == 0 && Options.PartitionKey is null && Options.Cost is null
        && Options.PartitionBy is PartitionBy.Client or PartitionBy.Global or PartitionBy.ApiKey;

    /// <summary>Whether the bucket depends on the client's address, which is behind a proxy known only after its headers are processed.</summary>
    public bool DependsOnAddress => Options.PartitionKey is null && Options.PartitionBy is PartitionBy.Client or PartitionBy.ApiKey or PartitionBy.User;

    private IEnumerable<PartitionTable> Tables => (_overrides?.Buckets ?? []).Append(_buckets).Select(static buckets => buckets.Table);

    /// <summary>Finds the bucket of a request.</summary>
    /// <returns>False if the request is exempt.</returns>
    public bool TryFind(HttpContext context, GuardedEndpoint? endpoint, out LimitBuckets buckets, out ulong key)
    {
        buckets = _buckets;
        return _keys.TryGet(Options, context, endpoint, out key) && (_overrides is null || _overrides.Admits(context, endpoint, key, ref buckets));
    }

    private bool SameKeys(RateLimitPolicyOptions former) =>
        former.PartitionBy == Options.PartitionBy && former.Header == Options.Header && (former.PartitionKey is null) == (Options.PartitionKey is null);
}
