using Herz.Resilience.Configuration;

namespace Herz.Resilience.Health;

internal static class HealthOptionsValidator
{
    public static void Validate(HealthOptions options, ConfigurationErrors errors)
    {
        errors.AbsolutePath("Health:Path", options.Path);
        errors.Positive("Health:Timeout", options.Timeout);
        errors.InRange("Health:CacheDuration", options.CacheDuration, TimeSpan.Zero, TimeSpan.FromHours(1));
        errors.InRange("Health:DrainDelay", options.DrainDelay, TimeSpan.Zero, TimeSpan.FromHours(1));
    }
}
