using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting;

/// <summary>Token-bucket limits: the section <c>Herz:RateLimiting</c>.</summary>
public sealed class RateLimitingOptions : EnforcementOptions
{
    /// <summary>
    /// The policies by name. A policy with routes applies to those, and to endpoints that name it by <c>RequireHerzRateLimit</c>. One
    /// without routes applies to the endpoints that name it, or to every request if none does. All policies that apply must admit.
    /// </summary>
    /// <value>If none is configured, <c>default</c>: 100 permits a second, burst 200, by client; observed, not enforced.</value>
    public IDictionary<string, RateLimitPolicyOptions> Policies { get; set; } = new Dictionary<string, RateLimitPolicyOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most partitions that each policy keeps, at most 64 bytes each; beyond that, a new one replaces the one with the fullest bucket. 1 to 10,000,000.</summary>
    /// <value>The default is 100,000.</value>
    public int MaxPartitions { get; set; } = 100_000;

    /// <summary>Whether responses to admitted requests have the <c>RateLimit</c> fields too.</summary>
    /// <value>The default is <see langword="false"/>: only refusals.</value>
    public bool SendFieldsOnSuccess { get; set; }

    /// <summary>
    /// The maximum random delay added to <c>Retry-After</c>, so that clients do not retry all at once; zero to 1 hour.
    /// <c>Retry-After</c> is never earlier than the bucket can grant.
    /// </summary>
    /// <value>The default is zero: no delay.</value>
    public TimeSpan RetryAfterJitter { get; set; }
}

/// <summary>One token bucket per partition.</summary>
public sealed class RateLimitPolicyOptions : EnforcementOptions
{
    /// <summary>The number of permits that refill per second; above 0 and at most 100,000,000.</summary>
    /// <value>The default is 100.</value>
    public double PermitsPerSecond { get; set; } = 100;

    /// <summary>The number of permits in a full bucket; 1 to 1,000,000,000, and no more than refill in 365 days.</summary>
    /// <value>The default is 200.</value>
    public int Burst { get; set; } = 200;

    /// <summary>The requests that share one bucket.</summary>
    /// <value>The default is <see cref="PartitionBy.Client"/>.</value>
    public PartitionBy PartitionBy { get; set; } = PartitionBy.Client;

    /// <summary>The request header that identifies the caller with <see cref="PartitionBy.ApiKey"/>; stored only as a keyed hash.</summary>
    /// <value>The default is <c>X-Api-Key</c>.</value>
    public string Header { get; set; } = "X-Api-Key";

    /// <summary>The routes that the policy applies to: patterns as the app maps them, such as <c>/orders/{id}</c>.</summary>
    /// <value>The default is none: every request.</value>
    public IList<string> Routes { get; set; } = [];

    /// <summary>
    /// The most requests of one partition that wait for a permit instead of being refused, each until its deadline and at most
    /// a minute; 0 to 10,000. All partitions together: at most 10,000.
    /// </summary>
    /// <value>The default is 0: no request waits.</value>
    public int QueueLimit { get; set; }

    /// <summary>Keys with their own rate, or without a limit.</summary>
    /// <value>The default is none.</value>
    public IList<RateLimitOverrideOptions> Overrides { get; set; } = [];

    /// <summary>Returns the partition of a request, instead of <see cref="PartitionBy"/>; null exempts the request. Set in code; called at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<HttpContext, string?>? PartitionKey { get; set; }

    /// <summary>Returns the number of permits that a request costs, 1 to <see cref="Burst"/>. Set in code; called at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>: one permit each.</value>
    public Func<HttpContext, int>? Cost { get; set; }

    internal bool IsByAddress => PartitionBy == PartitionBy.Client && PartitionKey is null;

    internal bool IsByRoute => PartitionBy == PartitionBy.Route && PartitionKey is null;

    internal bool IsByApiKey => PartitionBy == PartitionBy.ApiKey && PartitionKey is null;
}

/// <summary>The options for one key of a policy, instead of the policy's own.</summary>
public sealed class RateLimitOverrideOptions
{
    /// <summary>
    /// The partition. Client: an address or a network such as <c>10.0.0.0/8</c> (IPv6: /64 or shorter; the narrowest
    /// wins). User: the name. Route: the pattern. ApiKey: the key, or better <c>sha256:</c> and its digest in
    /// hexadecimal. Required.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Replaces PermitsPerSecond for this key.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? PermitsPerSecond { get; set; }

    /// <summary>Replaces Burst for this key.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? Burst { get; set; }

    /// <summary>Whether this key has no limit.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Exempt { get; set; }
}
