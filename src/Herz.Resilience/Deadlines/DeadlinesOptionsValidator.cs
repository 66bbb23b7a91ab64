using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines.Tiers;
using Herz.Resilience.Pipeline.Endpoints;

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
        var routes = new RouteRules(errors);
        for (var index = 0; index < options.Routes.Count; index++)
        {
            var route = options.Routes[index];
            var key = $"Deadlines:Routes:{index}";
            if (!routes.Check($"{key}:Pattern", route.Pattern))
            {
                continue;
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

    private static bool CheckTimes(string key, IDictionary<string, TimeSpan> tiers, ConfigurationErrors errors)
    {
        var before = errors.Failures.Count;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, time) in tiers)
        {
            // The name appears in metric labels and logs.
            if (!ConfigurationErrors.IsLabel(name))
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
