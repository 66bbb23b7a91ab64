using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Herz.Resilience.Deadlines;

internal static class DeadlinesOptionsValidator
{
    private static readonly string[] s_builtIn = [DeadlineTier.Api, DeadlineTier.Database, DeadlineTier.Cache];

    public static void Validate(DeadlinesOptions options, ConfigurationErrors errors)
    {
        if (CheckTimes("Deadlines:Tiers", options.Tiers, errors))
        {
            CheckOrder("Deadlines:Tiers", "Deadlines:Tiers", TierTimes.Of(options.Tiers), errors);
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

            if (ParseError(route.Pattern) is { } error)
            {
                errors.Add($"{key}:Pattern", route.Pattern, $"a valid route pattern ({error})");
                continue;
            }

            if (!seen.Add(RoutePatterns.Normalize(route.Pattern)))
            {
                errors.Add($"{key}:Pattern", route.Pattern, "a route that no earlier entry names; this one is a duplicate");
            }

            var own = OwnTimes(route);
            if (own.Count == 0 && route.Tiers.Count == 0)
            {
                errors.Add(key, route.Pattern, "at least one of Api, Database, Cache and Tiers");
            }

            foreach (var name in route.Tiers.Keys.Where(name => !options.Tiers.Keys.Contains(name, StringComparer.OrdinalIgnoreCase) || IsBuiltIn(name)))
            {
                errors.Add($"{key}:Tiers:{name}", route.Tiers[name], IsBuiltIn(name) ? $"{key}:{name} instead" : "a tier that Deadlines:Tiers also defines");
            }

            // An error in an inherited tier is reported once, at its own key.
            if (CheckTimes(key, own, errors) & CheckTimes($"{key}:Tiers", route.Tiers, errors))
            {
                CheckOrder(key, $"{key}:Tiers", TierTimes.Of(options.Tiers, route), errors);
            }
        }
    }

    private static bool IsBuiltIn(string name) => s_builtIn.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, TimeSpan> OwnTimes(RouteDeadlineOptions route) =>
        new (string Name, TimeSpan? Time)[] { (DeadlineTier.Api, route.Api), (DeadlineTier.Database, route.Database), (DeadlineTier.Cache, route.Cache) }
            .Where(static tier => tier.Time is not null)
            .ToDictionary(static tier => tier.Name, static tier => tier.Time!.Value);

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

    private static bool CheckTimes(string key, IDictionary<string, TimeSpan> tiers, ConfigurationErrors errors)
    {
        var before = errors.Failures.Count;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, time) in tiers)
        {
            // The name appears in metric labels and logs.
            if (name.Length is 0 or > 64 || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            {
                errors.Add($"{key}:{name}", time, "a tier name of 1 to 64 letters, digits, '-', '_' and '.'");
            }
            else if (!seen.Add(name))
            {
                errors.Add($"{key}:{name}", time, "a tier name that does not differ from another key only in case");
            }

            errors.Positive($"{key}:{name}", time);
        }

        return errors.Failures.Count == before;
    }

    private static void CheckOrder(string key, string ownKey, TierTimes tiers, ConfigurationErrors errors)
    {
        foreach (var (name, time) in tiers.Inner)
        {
            if (time > tiers.Api)
            {
                errors.Add($"{(IsBuiltIn(name) ? key : ownKey)}:{name}", time, $"a time not longer than that of the enclosing tier Api, {ConfigurationErrors.Show(tiers.Api)}");
            }
        }

        if (tiers[DeadlineTier.Cache] > tiers[DeadlineTier.Database])
        {
            errors.Add($"{key}:Cache", tiers[DeadlineTier.Cache], $"a time not longer than that of the tier Database, {ConfigurationErrors.Show(tiers[DeadlineTier.Database])}");
        }
    }
}
