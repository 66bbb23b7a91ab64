using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.RateLimiting;

/// <summary>Token-bucket limits: the section <c>Herz:RateLimiting</c>.</summary>
public sealed class RateLimitingOptions : FeatureOptions
{
    /// <summary>
    /// The policies by name. One without routes applies to every request; one with routes to those, and to endpoints
    /// that name it by <c>RequireHerzLimit</c>. All that apply must admit.
    /// </summary>
    /// <value>Where none is configured, <c>default</c>: 100 permits a second, burst 200, by client.</value>
    public IDictionary<string, RateLimitPolicyOptions> Policies { get; set; } = new Dictionary<string, RateLimitPolicyOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many partitions each policy keeps at most, in 64 bytes each; the idlest is forgotten for a new one. 1 to 10,000,000.</summary>
    /// <value>The default is 100,000.</value>
    public int MaxPartitions { get; set; } = 100_000;

    /// <summary>Whether admitted answers carry the <c>RateLimit</c> fields too.</summary>
    /// <value>The default is <see langword="false"/>: refusals alone.</value>
    public bool SendFieldsOnSuccess { get; set; }
}

/// <summary>One token bucket per partition.</summary>
public sealed class RateLimitPolicyOptions : FeatureOptions
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

    /// <summary>Names the partition instead of <see cref="PartitionBy"/>; null exempts the request. Set in code; asked at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<HttpContext, string?>? PartitionKey { get; set; }

    /// <summary>How many permits a request costs, 1 to <see cref="Burst"/>. Set in code; asked at the endpoint.</summary>
    /// <value>The default is <see langword="null"/>: one permit each.</value>
    public Func<HttpContext, int>? Cost { get; set; }
}
