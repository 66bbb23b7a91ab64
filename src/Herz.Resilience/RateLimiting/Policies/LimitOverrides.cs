using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>The keys of a policy that have their own rate, or no limit. Null buckets mean no limit.</summary>
internal sealed class LimitOverrides
{
    private readonly Dictionary<string, LimitBuckets?> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, LimitBuckets?> _byKey = [];
    private readonly Dictionary<UInt128, LimitBuckets?> _byDigest = [];
    private readonly (AddressRange Range, LimitBuckets? Buckets)[] _byRange;
    private readonly Dictionary<string, LimitBuckets?> _byRoute = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _header;

    /// <param name="policy">The name of the policy.</param>
    /// <param name="options">The validated options of the policy.</param>
    /// <param name="maxPartitions">The most partitions that a network keeps.</param>
    /// <param name="clock">The clock of the feature.</param>
    /// <param name="keys">Computes the keys of partitions.</param>
    /// <param name="former">The overrides before a reload; their levels are kept.</param>
    public LimitOverrides(string policy, RateLimitPolicyOptions options, int maxPartitions, BucketClock clock, PartitionKeys keys, LimitOverrides? former)
    {
        _header = options.Header;
        var ranges = new List<(AddressRange Range, LimitBuckets? Buckets)>();
        foreach (var entry in options.Overrides)
        {
            var name = entry.Key!;
            var range = options.IsByAddress && AddressRange.TryParse(name, out var parsed) ? parsed : (AddressRange?)null;
            var bound = range is { } network ? (int)Math.Min(network.Partitions, maxPartitions) : 1;
            var buckets = entry.Exempt
                ? null
                : new LimitBuckets(policy, entry.PermitsPerSecond ?? options.PermitsPerSecond, entry.Burst ?? options.Burst, bound, clock, former?._byName.GetValueOrDefault(name));
            _byName[name] = buckets;
            if (range is { } addresses)
            {
                ranges.Add((addresses, buckets));
            }
            else if (options.IsByApiKey && ApiKeyDigest.TryParse(name, out var digest))
            {
                _byDigest[digest] = buckets;
            }
            else if (options.IsByRoute)
            {
                _byRoute[RoutePatterns.Normalize(name)] = buckets;
            }
            else
            {
                _byKey[keys.OfText(name)] = buckets;
            }
        }

        // The narrowest network wins.
        _byRange = [.. ranges.OrderByDescending(static entry => entry.Range.PrefixLength)];
    }

    public IEnumerable<LimitBuckets> Buckets => _byName.Values.OfType<LimitBuckets>();

    /// <summary>Replaces the policy's buckets by those of an override, if one applies.</summary>
    /// <returns>False if the request is exempt.</returns>
    public bool Admits(HttpContext context, GuardedEndpoint? endpoint, ulong key, ref LimitBuckets buckets)
    {
        if (!TryFind(context, endpoint, key, out var found))
        {
            return true;
        }

        buckets = found ?? buckets;
        return found is not null;
    }

    private bool TryFind(HttpContext context, GuardedEndpoint? endpoint, ulong key, out LimitBuckets? found)
    {
        if (_byRange.Length > 0 && context.Connection.RemoteIpAddress is { } address)
        {
            var number = AddressRange.NumberOf(address);
            foreach (ref readonly var entry in _byRange.AsSpan())
            {
                if (entry.Range.Contains(number))
                {
                    found = entry.Buckets;
                    return true;
                }
            }
        }

        if (_byDigest.Count > 0 && context.Request.Headers[_header] is [{ Length: > 0 } value] && _byDigest.TryGetValue(ApiKeyDigest.Of(value), out found))
        {
            return true;
        }

        return endpoint is not null && _byRoute.TryGetValue(endpoint.Route, out found) || _byKey.TryGetValue(key, out found);
    }
}
