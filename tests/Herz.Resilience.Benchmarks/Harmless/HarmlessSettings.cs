using System.Globalization;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>What is asked of a run.</summary>
/// <param name="Rows">Which rows.</param>
/// <param name="Scale">How long the loads take, as a share of what the rows say.</param>
/// <param name="Parallel">How many rows run at once.</param>
/// <param name="IsList">Whether the rows are listed, not run.</param>
/// <param name="ShowsLog">Whether the warnings of the bundle and the first failures are printed.</param>
internal sealed record HarmlessSettings(HealthyApp[] Rows, double Scale, int Parallel, bool IsList, bool ShowsLog)
{
    public const string Usage = "harmless [--only NAME[,NAME]] [--seconds 3..60] [--parallel 1..8] [--log] [--list]";

    private const double UsualSeconds = 10;

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
                "--seconds" when i + 1 < args.Length => settings with { Scale = Number(args[i], args[++i], 3, 60) / UsualSeconds },
                "--parallel" when i + 1 < args.Length => settings with { Parallel = Number(args[i], args[++i], 1, 8) },
                _ => throw new ArgumentException($"{args[i]} is not right. Usage: {Usage}"),
            };
        }

        return settings;
    }

    private static int Number(string option, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{option} is \"{value}\"; expected a whole number from {least} to {most}.");
}
