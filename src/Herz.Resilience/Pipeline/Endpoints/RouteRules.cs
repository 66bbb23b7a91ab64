using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>Validates the routes of one list in the configuration.</summary>
internal sealed class RouteRules(ConfigurationErrors errors)
{
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Whether it is a pattern, so that the other settings of the entry can be validated. A duplicate is one.</returns>
    public bool Check(string key, string? pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
        {
            errors.Add(key, pattern, "the route's pattern as the app maps it, such as \"/orders/{id}\"");
            return false;
        }

        if (ParseError(pattern) is { } error)
        {
            errors.Add(key, pattern, $"a valid route pattern ({error})");
            return false;
        }

        if (!_seen.Add(RoutePatterns.Normalize(pattern)))
        {
            errors.Add(key, pattern, "a route that no earlier entry names; this one is a duplicate");
        }

        return true;
    }

    private static string? ParseError(string pattern)
    {
        try
        {
            RoutePatternFactory.Parse(RoutePatterns.Normalize(pattern));
            return null;
        }
        catch (RoutePatternException exception)
        {
            return exception.Message.Split(Environment.NewLine)[0];
        }
    }
}
