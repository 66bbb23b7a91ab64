using System.Globalization;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>The options of a run; all are bounded.</summary>
internal sealed record MacroSettings(int Rounds, int Seconds, int Connections, string[] Apps, string[] Endpoints)
{
    public const string Usage = "macro [--rounds 1..100] [--seconds 1..60] [--connections 1..512] [--apps bare,stock,herz,unwatched] [--endpoints sync,yield,delay,token,refused]";

    /// <exception cref="ArgumentException">An option is unknown or out of its range.</exception>
    public static MacroSettings Parse(string[] args)
    {
        var settings = new MacroSettings(9, 2, 32, AppKinds.Default, Endpoint.All);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            settings = args[i] switch
            {
                "--rounds" => settings with { Rounds = Number(args[i], value, 100) },
                "--seconds" => settings with { Seconds = Number(args[i], value, 60) },
                "--connections" => settings with { Connections = Number(args[i], value, 512) },
                "--apps" => settings with { Apps = Names(args[i], value, AppKinds.All) },
                "--endpoints" => settings with { Endpoints = Names(args[i], value, Endpoint.All) },
                _ => throw new ArgumentException($"{args[i]} is not an option. Usage: {Usage}"),
            };
        }

        return settings;
    }

    private static int Number(string option, string value, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new ArgumentException($"{option} is \"{value}\"; expected an integer from 1 to {max}.");

    private static string[] Names(string option, string value, string[] known)
    {
        var names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 && Array.TrueForAll(names, name => known.Contains(name))
            ? names
            : throw new ArgumentException($"{option} is \"{value}\"; expected some of {string.Join(",", known)}.");
    }
}
