using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Health.Probes;

/// <summary>What a request asks of a probe.</summary>
/// <param name="Kind">The probe.</param>
/// <param name="IsVerbose">Whether each check gets a line of text.</param>
/// <param name="Excluded">Names of checks to leave out.</param>
internal sealed record ProbeQuery(ProbeKind Kind, bool IsVerbose, IReadOnlyCollection<string> Excluded)
{
    private const int MaxExcluded = 100;

    /// <param name="kind">The probe that the path names; null if the query does.</param>
    /// <param name="query">The parameters.</param>
    /// <param name="mistake">One sentence about the first invalid parameter.</param>
    /// <returns>Null if a parameter is invalid.</returns>
    public static ProbeQuery? Parse(ProbeKind? kind, IEnumerable<KeyValuePair<string, StringValues>> query, out string? mistake)
    {
        mistake = null;
        var (isVerbose, excluded) = (false, new List<string>());
        foreach (var (name, values) in query)
        {
            var value = values.ToString();
            switch (name.ToLowerInvariant())
            {
                case "probe" when kind is not null:
                    mistake ??= $"probe is \"{value}\", but the path already names the probe; leave it out.";
                    break;
                case "probe":
                    kind = KindOf(value);
                    mistake ??= kind is null ? $"probe is \"{value}\"; expected live, ready or startup." : null;
                    break;
                case "verbose":
                    isVerbose = value is "" or "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase);
                    mistake ??= isVerbose || value is "0" || value.Equals("false", StringComparison.OrdinalIgnoreCase) ? null : $"verbose is \"{value}\"; expected true or false.";
                    break;
                case "exclude":
                    excluded.AddRange(values.OfType<string>().Take(MaxExcluded));
                    break;
                default:
                    mistake ??= $"Unknown parameter \"{name}\". Known parameters: probe, verbose, exclude.";
                    break;
            }
        }

        return mistake is null ? new ProbeQuery(kind ?? ProbeKind.Ready, isVerbose, excluded) : null;
    }

    /// <summary>The probe of a name; null if there is none.</summary>
    public static ProbeKind? KindOf(string value) => value switch
    {
        "" or "ready" => ProbeKind.Ready,
        "live" => ProbeKind.Live,
        "startup" => ProbeKind.Startup,
        _ => null,
    };
}
