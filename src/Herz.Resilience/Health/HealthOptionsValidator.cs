using Herz.Resilience.Configuration;

namespace Herz.Resilience.Health;

internal static class HealthOptionsValidator
{
    public static void Validate(HealthOptions options, ConfigurationErrors errors)
    {
        errors.AbsolutePath("Health:Path", options.Path);
        errors.Positive("Health:Timeout", options.Timeout);
        errors.NotNegative("Health:CacheDuration", options.CacheDuration, TimeSpan.FromHours(1));
        errors.NotNegative("Health:DrainDelay", options.DrainDelay, TimeSpan.FromHours(1));
    }
}
