using Herz.Resilience.Configuration;

namespace Herz.Resilience.Management;

internal static class ManagementOptionsValidator
{
    public static void Validate(ManagementOptions options, ConfigurationErrors errors)
    {
        if (options.Port is { } port)
        {
            errors.InRange("Management:Port", port, 0, 65535);
        }

        if (options.AuthorizationPolicy is { } policy && string.IsNullOrWhiteSpace(policy))
        {
            errors.Add("Management:AuthorizationPolicy", policy, "the name of an authorization policy of the app, or null");
        }
    }
}
