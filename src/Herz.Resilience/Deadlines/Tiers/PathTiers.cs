using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>
/// The configured routes that can match paths answered by middleware: literal paths, and patterns that no endpoint has.
/// </summary>
internal sealed class PathTiers
{
    private readonly Dictionary<string, RouteTier>.AlternateLookup<ReadOnlySpan<char>> _literals;
    private readonly List<PathPattern> _patterns = [];

    /// <param name="tiers">The tiers of each route, by normalized pattern.</param>
    /// <param name="policies">Creates parameter constraints; null if the app has no routing.</param>
    public PathTiers(IEnumerable<KeyValuePair<string, RouteTier>> tiers, ParameterPolicyFactory? policies)
    {
        var literals = new Dictionary<string, RouteTier>(StringComparer.OrdinalIgnoreCase);
        foreach (var (text, tier) in tiers)
        {
            var pattern = RoutePatternFactory.Parse(text);
            if (pattern.Parameters.Count == 0)
            {
                literals[text] = tier;
            }
            else
            {
                _patterns.Add(new PathPattern(pattern, policies, tier));
            }

            Shortest = Math.Min(Shortest, tier.Ticks);
        }

        // The most specific pattern must be tried first.
        _patterns.Sort(static (a, b) => a.Precedence.CompareTo(b.Precedence));
        _literals = literals.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The shortest time of all tiers, in ticks of the clock.</summary>
    public long Shortest { get; } = long.MaxValue;

    public RouteTier? Find(PathString path)
    {
        var text = path.Value.AsSpan();
        if (_literals.TryGetValue(text.Length > 1 && text[^1] == '/' ? text[..^1] : text, out var tier))
        {
            return tier;
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(path))
            {
                return pattern.Tier;
            }
        }

        return null;
    }

    private sealed class PathPattern(RoutePattern pattern, ParameterPolicyFactory? policies, RouteTier tier)
    {
        private readonly TemplateMatcher _matcher = new(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults));

        private readonly (string Name, IRouteConstraint Constraint)[] _constraints = policies is null ? [] :
        [
            .. from parameter in pattern.Parameters
               from reference in parameter.ParameterPolicies
               let constraint = policies.Create(parameter, reference) as IRouteConstraint
               where constraint is not null
               select (parameter.Name, constraint),
        ];

        public RouteTier Tier { get; } = tier;

        public decimal Precedence { get; } = RoutePrecedence.ComputeInbound(new RouteTemplate(pattern));

        public bool Matches(PathString path)
        {
            var values = new RouteValueDictionary();
            return _matcher.TryMatch(path, values)
                && Array.TrueForAll(_constraints, constraint => constraint.Constraint.Match(null, null, constraint.Name, values, RouteDirection.IncomingRequest));
        }
    }
}
