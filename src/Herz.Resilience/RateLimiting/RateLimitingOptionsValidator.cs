using Herz.Resilience.Configuration;

namespace Herz.Resilience.RateLimiting;

internal static class RateLimitingOptionsValidator
{
    public static void Validate(RateLimitingOptions options, ConfigurationErrors errors)
    {
        _ = (options, errors);
    }
}
