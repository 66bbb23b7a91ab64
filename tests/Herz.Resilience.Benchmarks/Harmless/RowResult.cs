using System.Globalization;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>Results of one row: bare, and with the one call.</summary>
internal sealed record RowResult(HealthyApp Row, RunResult Bare, RunResult Herz)
{
    private static readonly (Failure Kind, string Name)[] s_kinds =
    [
        (Failure.ServerError, "5xx"), (Failure.Limited, "429"), (Failure.Status, "other status"), (Failure.Cut, "cut"), (Failure.Body, "wrong body"), (Failure.Slow, "slow"),
    ];

    /// <summary>Failures by kind in excess of the bare app.</summary>
    public IEnumerable<int> Over => s_kinds.Select(kind => Math.Max(0, Herz.Tally[kind.Kind] - Bare.Tally[kind.Kind]));

    public bool IsClean => IsBareHealthy && Over.Sum() == 0 && Herz.Problems.Length == 0 && !IsSlower;

    /// <summary>Whether the upper quartile of times exceeds the noise of a busy machine.</summary>
    private bool IsSlower => Herz.Tally.UpperQuartile > (2 * Bare.Tally.UpperQuartile) + 0.1;

    /// <summary>Whether the bare app has only intended failures; otherwise the row proves nothing.</summary>
    private bool IsBareHealthy => Bare.Tally.Failures == Bare.Tally.Designed && Bare.Problems.Length == 0 && Bare.Tally.Requests > 0;

    public static async Task<RowResult> MeasureAsync(HealthyApp row, double scale)
    {
        var bare = await RunResult.RunAsync(row, isGuarded: false, scale);
        return new RowResult(row, bare, await RunResult.RunAsync(row, isGuarded: true, scale));
    }

    public void Print(bool showsLog)
    {
        var over = Over.Sum();
        var kinds = string.Join(", ", s_kinds.Zip(Over).Where(static pair => pair.Second > 0).Select(static pair => $"{pair.Second} {pair.First.Name}"));
        string[] slower = IsSlower ? [string.Create(CultureInfo.InvariantCulture, $"slower: {Bare.Tally.UpperQuartile:F2} s bare, {Herz.Tally.UpperQuartile:F2} s with herz")] : [];
        string[] problems = [.. IsBareHealthy ? [] : Bare.Problems.Prepend("the bare app is not healthy"), .. slower, .. Herz.Problems];
        var state = string.Join("; ", problems.Take(3)) + (problems.Length > 3 ? $"; {problems.Length - 3} more" : "");
        var (mark, bold) = (IsClean ? "" : "✗ ", over > 0 ? "**" : "");
        Console.WriteLine($"| {mark}{Row.Name} | {Row.Field} | {Herz.Tally.Requests} | {Bare.Tally.Failures} | {Herz.Tally.Failures} | {bold}{over}{bold} | {kinds} | {state} |");
        if (showsLog)
        {
            foreach (var line in Bare.Tally.Samples.Select(static sample => $"bare: {sample}").Concat(Herz.Tally.Samples.Select(static sample => $"herz: {sample}"))
                .Concat(Bare.Log.Take(2)).Concat(Herz.Log.Take(8)))
            {
                Console.WriteLine($"    {line}");
            }
        }
    }
}
