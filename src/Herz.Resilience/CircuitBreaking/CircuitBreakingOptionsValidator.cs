using Herz.Resilience.Configuration;

namespace Herz.Resilience.CircuitBreaking;

internal static class CircuitBreakingOptionsValidator
{
    public static void Validate(CircuitBreakingOptions options, ConfigurationErrors errors)
    {
        errors.Positive("CircuitBreaking:BreakDuration", options.BreakDuration);
    }
}
