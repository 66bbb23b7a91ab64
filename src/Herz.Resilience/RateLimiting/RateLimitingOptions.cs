using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting;

/// <summary>Token-bucket limits: the section <c>Herz:RateLimiting</c>.</summary>
public sealed class RateLimitingOptions : EnforcementOptions
{
    /// <summary>
    /// The policies by name. One with routes applies to those, and to endpoints that name it by <c>RequireHerzRateLimit</c>; one
    /// without routes to the endpoints that name it, or else to every request. All that apply must admit.
    /// </summary>
    /// <value>Where none is configured, <c>default</c>: 100 permits a second, burst 200, by client; observed, not enforced.</value>
    public IDictionary<string, RateLimitPolicyOptions> Policies { get; set; } = new Dictionary<string, RateLimitPolicyOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many partitions each policy keeps at most, in 64 bytes each; the idlest is forgotten for a new one. 1 to 10,000,000.</summary>
    /// <value>The default is 100,000.</value>
    public int MaxPartitions { get; set; } = 100_000;

    /// <summary>Whether admitted answers carry the <c>RateLimit</c> fields too.</summary>
    /// <value>The default is <see langword="false"/>: refusals alone.</value>
    public bool SendFieldsOnSuccess { get; set; }

    /// <summary>
    /// How much later than it could be at most a refusal tells to retry, at random, so that clients do not come back all at
    /// once; zero to 1 hour. Never earlier than the bucket can grant.
    /// </summary>
    /// <value>The default is zero: as soon as it can.</value>
    public TimeSpan RetryAfterJitter { get; set; }
}

/// <summary>One token bucket per partition.</summary>
public sealed class RateLimitPolicyOptions : EnforcementOptions
{
    /// <summary>How many permits grow back in a second; above 0 and at most 100,000,000.</summary>
    /// <value>The default is 100.</value>
    public double PermitsPerSecond { get; set; } = 100;

    /// <summary>How many permits the bucket holds; 1 to 1,000,000,000, and no more than grow back in 365 days.</summary>
    /// <value>The default is 200.</value>
    public int Burst { get; set; } = 200;

    /// <summary>What shares one bucket.</summary>
    /// <value>The default is <see cref="PartitionBy.Client"/>.</value>
    public PartitionBy PartitionBy { get; set; } = PartitionBy.Client;

    /// <summary>The request header that tells the caller with <see cref="PartitionBy.ApiKey"/>; kept as a keyed hash only.</summary>
    /// <value>The default is <c>X-Api-Key</c>.</value>
    public string Header { get; set; } = "X-Api-Key";

    /// <summary>The routes it applies to, by their patterns as the app maps them, such as <c>/orders/{id}</c>.</summary>
    /// <value>The default is none: every request.</value>
    public IList<string> Routes { get; set; } = [];

    /// <summary>
    /// How many requests of one partition wait for a permit instead of being refused, none longer than its deadline allows
    /// or a minute; 0 to 10,000. Of all partitions together at most 10,000 wait.
    /// </summary>
    /// <value>The default is 0: nobody waits.</value>
    public int QueueLimit { get; set; }

    /// <summary>Keys with another rate, or without a limit.</summary>
    /// <value>The default is none.</value>
    public IList<RateLimitOverrideOptions> Overrides { get; set; } = [];

    /// <summary>Names the partition instead of <see cref="PartitionBy"/>; null exempts the request. Set in code; asked at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<HttpContext, string?>? PartitionKey { get; set; }

    /// <summary>How many permits a request costs, 1 to <see cref="Burst"/>. Set in code; asked at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>: one permit each.</value>
    public Func<HttpContext, int>? Cost { get; set; }

    internal bool IsByAddress => PartitionBy == PartitionBy.Client && PartitionKey is null;

    internal bool IsByRoute => PartitionBy == PartitionBy.Route && PartitionKey is null;

    internal bool IsByApiKey => PartitionBy == PartitionBy.ApiKey && PartitionKey is null;
}

/// <summary>What holds for one key of a policy instead of the policy's own numbers.</summary>
public sealed class RateLimitOverrideOptions
{
    /// <summary>
    /// The partition: with Client an address or a network such as <c>10.0.0.0/8</c> (of IPv6 /64 or shorter; the narrowest
    /// counts), with User the name, with Route the pattern, with ApiKey the key, better as <c>sha256:</c> and its digest in
    /// hexadecimal. Required.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Replaces PermitsPerSecond.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? PermitsPerSecond { get; set; }

    /// <summary>Replaces Burst.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? Burst { get; set; }

    /// <summary>Whether this key has no limit.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Exempt { get; set; }
}
