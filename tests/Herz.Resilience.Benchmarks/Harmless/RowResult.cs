using System.Globalization;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>One row: the app bare, and with the one call.</summary>
internal sealed record RowResult(HealthyApp Row, RunResult Bare, RunResult Herz)
{
    private static readonly (Failure Kind, string Name)[] s_kinds =
    [
        (Failure.ServerError, "5xx"), (Failure.Limited, "429"), (Failure.Status, "other status"), (Failure.Cut, "cut"), (Failure.Body, "wrong body"), (Failure.Slow, "slow"),
    ];

    /// <summary>Failures of each kind that the bare app does not have.</summary>
    public IEnumerable<int> Over => s_kinds.Select(kind => Math.Max(0, Herz.Tally[kind.Kind] - Bare.Tally[kind.Kind]));

    public bool IsClean => IsBareHealthy && Over.Sum() == 0 && Herz.Complaints.Length == 0 && !IsSlower;

    /// <summary>Whether requests in general wait for longer than the noise of a busy machine explains.</summary>
    private bool IsSlower => Herz.Tally.UpperQuartile > (2 * Bare.Tally.UpperQuartile) + 0.1;

    /// <summary>Whether the bare app failed only what the row means to fail; otherwise the row proves nothing.</summary>
    private bool IsBareHealthy => Bare.Tally.Failures == Bare.Tally.Designed && Bare.Complaints.Length == 0 && Bare.Tally.Requests > 0;

    public static async Task<RowResult> MeasureAsync(HealthyApp row, double scale)
    {
        var bare = await RunResult.RunAsync(row, isGuarded: false, scale);
        return new RowResult(row, bare, await RunResult.RunAsync(row, isGuarded: true, scale));
    }

    public void Print(bool showsLog)
    {
        var over = Over.Sum();
        var kinds = string.Join(", ", s_kinds.Zip(Over).Where(static pair => pair.Second > 0).Select(static pair => $"{pair.Second} {pair.First.Name}"));
        string[] slower = IsSlower ? [string.Create(CultureInfo.InvariantCulture, $"slower: {Bare.Tally.UpperQuartile:F2} s became {Herz.Tally.UpperQuartile:F2} s")] : [];
        string[] complaints = [.. IsBareHealthy ? [] : Bare.Complaints.Prepend("the bare app is not healthy"), .. slower, .. Herz.Complaints];
        var state = string.Join("; ", complaints.Take(3)) + (complaints.Length > 3 ? $"; {complaints.Length - 3} more" : "");
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
