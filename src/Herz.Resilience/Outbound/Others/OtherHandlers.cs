using Microsoft.Extensions.Http;

namespace Herz.Resilience.Outbound.Others;

/// <summary>
/// Finds handlers that retry or break on their own: the handler of Microsoft.Extensions.Http.Resilience, which Aspire's ServiceDefaults put
/// on every client, and the older handler for policies.
/// Recognized by name, so that neither package is needed.
/// </summary>
internal static class OtherHandlers
{
    private static readonly string[] s_names = ["Microsoft.Extensions.Http.Resilience.ResilienceHandler", "Microsoft.Extensions.Http.PolicyHttpMessageHandler"];

    /// <summary>The name of the first such handler; null if there is none.</summary>
    public static string? Find(HttpMessageHandlerBuilder builder)
    {
        foreach (var handler in builder.AdditionalHandlers)
        {
            if (NameOf(handler) is { } name)
            {
                return name;
            }
        }

        for (var handler = builder.PrimaryHandler as DelegatingHandler; handler is not null; handler = handler.InnerHandler as DelegatingHandler)
        {
            if (NameOf(handler) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    private static string? NameOf(DelegatingHandler handler)
    {
        for (var type = handler.GetType(); type is not null && type != typeof(DelegatingHandler); type = type.BaseType)
        {
            if (Array.IndexOf(s_names, type.FullName) >= 0)
            {
                return type.FullName;
            }
        }

        return null;
    }
}
