namespace Herz.Resilience.RateLimiting;

/// <summary>The requests that share one bucket of a policy.</summary>
public enum PartitionBy
{
    /// <summary>
    /// Each client address; an IPv6 address by its /64. It is the address of the connection, or the one that ASP.NET's ForwardedHeaders has set.
    /// </summary>
    Client,

    /// <summary>All requests together.</summary>
    Global,

    /// <summary>Each authenticated user; unauthenticated requests by client address.</summary>
    User,

    /// <summary>Each value of the header <see cref="RateLimitPolicyOptions.Header"/>; requests without it by client address.</summary>
    ApiKey,

    /// <summary>Each route of the app.</summary>
    Route,
}
