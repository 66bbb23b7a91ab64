namespace Herz.Resilience.RateLimiting;

/// <summary>Applies a policy to an endpoint, in addition to the policies for every request.</summary>
/// <param name="policy">The name of the policy in <c>Herz:RateLimiting:Policies</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class HerzRateLimitAttribute(string policy) : Attribute
{
    /// <summary>The name of the policy.</summary>
    public string Policy { get; } = string.IsNullOrWhiteSpace(policy)
        ? throw new ArgumentException("The name of a policy is empty. Give the name of one in Herz:RateLimiting:Policies.", nameof(policy))
        : policy;
}

/// <summary>Exempts an endpoint from every limit, as the framework's <c>DisableRateLimiting</c> does too.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableHerzRateLimitingAttribute : Attribute;
