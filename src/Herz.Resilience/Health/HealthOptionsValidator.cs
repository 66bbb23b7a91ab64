using Herz.Resilience.Configuration;

namespace Herz.Resilience.Health;

internal static class HealthOptionsValidator
{
    public static void Validate(HealthOptions options, ConfigurationErrors errors)
    {
        errors.AbsolutePath("Health:Path", options.Path);
    }
}
