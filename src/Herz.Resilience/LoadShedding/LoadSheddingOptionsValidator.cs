using System.Buffers;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.LoadShedding;

internal static class LoadSheddingOptionsValidator
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private static readonly SearchValues<char> s_headerCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static void Validate(LoadSheddingOptions options, ConfigurationErrors errors)
    {
        if (options.MaxQueueTime < s_shortest || options.MaxQueueTime > s_longest)
        {
            errors.Add("LoadShedding:MaxQueueTime", options.MaxQueueTime, "a time from 00:00:00.001 to 00:00:10");
        }

        errors.InRange("LoadShedding:MaxWaiting", options.MaxWaiting, 1L, 100_000);
        if (options.PriorityHeader is { } header && (header.Length == 0 || header.AsSpan().ContainsAnyExcept(s_headerCharacters)))
        {
            errors.Add("LoadShedding:PriorityHeader", header, "the name of a header, such as \"X-Priority\", or null for none");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < (options.Routes?.Count ?? 0); index++)
        {
            var route = options.Routes![index];
            var key = $"LoadShedding:Routes:{index}";
            if (string.IsNullOrWhiteSpace(route?.Pattern))
            {
                errors.Add($"{key}:Pattern", route?.Pattern, "the route's pattern as the app maps it, such as \"/orders/{id}\"");
                continue;
            }

            if (!seen.Add(RoutePatterns.Normalize(route.Pattern)))
            {
                errors.Add($"{key}:Pattern", route.Pattern, "a route that no earlier entry names; this one is a duplicate");
            }

            errors.Defined<RequestPriority>($"{key}:Priority", route.Priority);
        }
    }
}
