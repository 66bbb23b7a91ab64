using Herz.Resilience.Configuration;

namespace Herz.Resilience.RateLimiting;

/// <summary>Token-bucket limits: the section <c>Herz:RateLimiting</c>.</summary>
public sealed class RateLimitingOptions : FeatureOptions
{

}
