using Herz.Resilience.Configuration;

namespace Herz.Resilience.Outbound;

internal static class OutboundOptionsValidator
{
    public static void Validate(OutboundOptions options, ConfigurationErrors errors)
    {
        foreach (var name in options.Clients.Keys.Where(string.IsNullOrWhiteSpace))
        {
            errors.Add("Outbound:Clients", name, "the name of a client, or the host that a client without a name calls");
        }
    }
}
