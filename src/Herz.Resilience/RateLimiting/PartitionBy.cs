namespace Herz.Resilience.RateLimiting;

/// <summary>What shares one bucket of a policy.</summary>
public enum PartitionBy
{
    /// <summary>
    /// Each client address, an IPv6 one by its /64; the connection's, or what ASP.NET's ForwardedHeaders made of it.
    /// </summary>
    Client,

    /// <summary>All requests together.</summary>
    Global,

    /// <summary>Each authenticated user; the requests of one that is not are shared by client address.</summary>
    User,

    /// <summary>Each value of the header <see cref="RateLimitPolicyOptions.Header"/>; requests without it by client address.</summary>
    ApiKey,

    /// <summary>Each route of the app.</summary>
    Route,
}
