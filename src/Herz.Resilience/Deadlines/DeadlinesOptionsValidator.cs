using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Herz.Resilience.Deadlines;

internal static class DeadlinesOptionsValidator
{
    public static void Validate(DeadlinesOptions options, ConfigurationErrors errors)
    {
        if (options.Tiers is null)
        {
            errors.Add("Deadlines:Tiers", null, "an object with Api, Database and Cache; leave the key out for the defaults");
            return;
        }

        if (CheckTimes("Deadlines:Tiers", options.Tiers.Api, options.Tiers.Database, options.Tiers.Cache, errors))
        {
            CheckOrder("Deadlines:Tiers", TierTimes.Of(options.Tiers), errors);
        }

        if (options.Routes is null)
        {
            errors.Add("Deadlines:Routes", null, "a list; leave the key out for none");
            return;
        }

        CheckRoutes(options, errors);
    }

    private static void CheckRoutes(DeadlinesOptions options, ConfigurationErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < options.Routes.Count; index++)
        {
            var route = options.Routes[index];
            var key = $"Deadlines:Routes:{index}";
            if (string.IsNullOrWhiteSpace(route?.Pattern))
            {
                errors.Add($"{key}:Pattern", route?.Pattern, "the route's pattern as the app maps it, such as \"/reports/{**path}\"");
                continue;
            }

            if (Unreadable(route.Pattern) is { } mistake)
            {
                errors.Add($"{key}:Pattern", route.Pattern, $"a route pattern that routing can read ({mistake})");
                continue;
            }

            if (!seen.Add(RoutePatterns.Normalize(route.Pattern)))
            {
                errors.Add($"{key}:Pattern", route.Pattern, "a route that no earlier entry names; this one is a duplicate");
            }

            if (route.Api is null && route.Database is null && route.Cache is null)
            {
                errors.Add(key, route.Pattern, "at least one of Api, Database and Cache");
            }

            // A mistake in what the route leaves out is reported once, where it is.
            if (CheckTimes(key, route.Api, route.Database, route.Cache, errors))
            {
                CheckOrder(key, TierTimes.Of(options.Tiers, route), errors);
            }
        }
    }

    private static string? Unreadable(string pattern)
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

    private static bool CheckTimes(string key, TimeSpan? api, TimeSpan? database, TimeSpan? cache, ConfigurationErrors errors)
    {
        var before = errors.Failures.Count;
        Check(nameof(DeadlineTiers.Api), api);
        Check(nameof(DeadlineTiers.Database), database);
        Check(nameof(DeadlineTiers.Cache), cache);
        return errors.Failures.Count == before;

        void Check(string tier, TimeSpan? time)
        {
            if (time is { } given)
            {
                errors.Positive($"{key}:{tier}", given);
            }
        }
    }

    private static void CheckOrder(string key, TierTimes tiers, ConfigurationErrors errors)
    {
        if (tiers.Database > tiers.Api)
        {
            errors.Add($"{key}:Database", tiers.Database, $"a time no longer than that of the tier Api around it, {ConfigurationErrors.Show(tiers.Api)}");
        }

        if (tiers.Cache > tiers.Database)
        {
            errors.Add($"{key}:Cache", tiers.Cache, $"a time no longer than that of the tier Database, {ConfigurationErrors.Show(tiers.Database)}");
        }
    }
}
