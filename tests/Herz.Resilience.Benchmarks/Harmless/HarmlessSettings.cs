using System.Globalization;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>The options of a run.</summary>
/// <param name="Rows">The rows to run.</param>
/// <param name="Scale">Duration of the loads relative to the default.</param>
/// <param name="Parallel">Maximum number of parallel rows.</param>
/// <param name="IsList">Whether to list the rows instead of running them.</param>
/// <param name="ShowsLog">Whether to print the warnings of the bundle and the first failures.</param>
internal sealed record HarmlessSettings(HealthyApp[] Rows, double Scale, int Parallel, bool IsList, bool ShowsLog)
{
    public const string Usage = "harmless [--only NAME[,NAME]] [--seconds 3..60] [--parallel 1..8] [--log] [--list]";

    private const double DefaultSeconds = 10;

    /// <exception cref="ArgumentException">An option is unknown or out of its range.</exception>
    public static HarmlessSettings Parse(string[] args)
    {
        var settings = new HarmlessSettings(HealthyApps.All, 1, 4, IsList: false, ShowsLog: false);
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--list" => settings with { IsList = true },
                "--log" => settings with { ShowsLog = true },
                "--only" when i + 1 < args.Length => settings with { Rows = [.. args[++i].Split(',').Select(HealthyApps.Find)] },
                "--seconds" when i + 1 < args.Length => settings with { Scale = Number(args[i], args[++i], 3, 60) / DefaultSeconds },
                "--parallel" when i + 1 < args.Length => settings with { Parallel = Number(args[i], args[++i], 1, 8) },
                _ => throw new ArgumentException($"{args[i]} is invalid. Usage: {Usage}"),
            };
        }

        return settings;
    }

    private static int Number(string option, string value, int min, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentException($"{option} is \"{value}\"; expected an integer from {min} to {max}.");
}
