using Herz.Resilience.Configuration;

namespace Herz.Resilience.Outbound;

internal static class OutboundOptionsValidator
{
    public static void Validate(OutboundOptions options, ConfigurationErrors errors)
    {
        if (options.Clients is null)
        {
            errors.Add("Outbound:Clients", null, "an object of clients by name; leave the key out for none");
            return;
        }

        foreach (var (name, client) in options.Clients)
        {
            if (string.IsNullOrWhiteSpace(name))
            {
                errors.Add("Outbound:Clients", name, "the name of a client, or the host that a client without a name calls");
            }
            else if (client is null)
            {
                errors.Add($"Outbound:Clients:{name}", null, "an object with the key CancelForgotten");
            }
        }
    }
}
