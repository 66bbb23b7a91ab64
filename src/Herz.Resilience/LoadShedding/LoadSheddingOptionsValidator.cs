using System.Buffers;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;

namespace Herz.Resilience.LoadShedding;

internal static class LoadSheddingOptionsValidator
{
    private static readonly SearchValues<char> s_headerCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static void Validate(LoadSheddingOptions options, ConfigurationErrors errors)
    {
        errors.InRange("LoadShedding:MaxQueueTime", options.MaxQueueTime, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        errors.InRange("LoadShedding:MaxWaiting", options.MaxWaiting, 1L, 100_000);
        if (options.PriorityHeader is { } header && (header.Length == 0 || header.AsSpan().ContainsAnyExcept(s_headerCharacters)))
        {
            errors.Add("LoadShedding:PriorityHeader", header, "the name of a header, such as \"X-Priority\", or null for none");
        }

        var routes = new RouteRules(errors);
        for (var index = 0; index < options.Routes.Count; index++)
        {
            var route = options.Routes[index];
            var key = $"LoadShedding:Routes:{index}";
            if (routes.Check($"{key}:Pattern", route.Pattern))
            {
                errors.Defined<RequestPriority>($"{key}:Priority", route.Priority);
            }
        }
    }
}
