using System.Globalization;

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>
/// Clients without a handler, with the standard handler of Microsoft.Extensions.Http.Resilience and with this bundle, against dependencies that
/// are down, fail at random or are slow. In real time; the dependencies are in memory. The cost of one call: <c>--filter '*CallBenchmark*'</c>.
/// </summary>
internal static class OutboundBenchmark
{
    public const string Usage = "outbound [--seconds 5..600] [--rows down,chain,random,slow,hedging,memory]";

    private static readonly string[] s_rows = ["down", "chain", "random", "slow", "hedging", "memory"];

    public static async Task<int> RunAsync(string[] args)
    {
        var (seconds, rows) = Parse(args);
        Console.WriteLine($"{seconds} s for each case.");
        Console.WriteLine();
        Console.WriteLine("| case | target | none | standard handler | Herz |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var row in rows)
        {
            await RunAsync(row, seconds);
        }

        return 0;
    }

    private static Task RunAsync(string row, int seconds) => row switch
    {
        "down" => DownAsync(seconds),
        "chain" => PrintAsync("three tiers that retry, the last dependency down, 50/s: its load", "≤ 1.2×", stack => OutboundRows.ChainAsync(stack, seconds)),
        "random" => PrintAsync("30 % fail at random, 50/s", "≥ 66.5 % served", stack => OutboundRows.RandomAsync(stack, seconds)),
        "slow" => PrintAsync("a dependency takes 30 s, 100/s: calls of another, and an endpoint without calls", "≥ 99 %", stack => OutboundRows.SlowAsync(stack, seconds)),
        "hedging" => PrintAsync("20 ms, 1 % take 1 s, 100/s", "p99 ≤ 3 × p95, ≤ 1.05×", stack => OutboundRows.HedgingAsync(stack, seconds)),
        _ => PrintAsync("10,000 dependencies", "≤ 2,048 B each", stack => Task.FromResult(stack == ClientStack.Herz ? OutboundRows.Memory() : "–")),
    };

    private static async Task DownAsync(int seconds)
    {
        await PrintAsync("dependency down, 200/s: its load; retries alone", "≤ 1.2×", stack => OutboundRows.DownAsync(stack, seconds, throttles: false));
        await PrintAsync("the same with client-side throttling", "", stack => OutboundRows.DownAsync(stack, seconds, throttles: true));
    }

    private static async Task PrintAsync(string title, string target, Func<string, Task<string>> measure)
    {
        var results = new List<string>();
        foreach (var stack in ClientStack.All)
        {
            results.Add(await measure(stack));
        }

        Console.WriteLine($"| {title} | {target} | {string.Join(" | ", results)} |");
    }

    private static (int Seconds, string[] Rows) Parse(string[] args)
    {
        var (seconds, rows) = (60, s_rows);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--seconds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 5 and <= 600:
                    seconds = number;
                    break;
                case "--rows" when value.Split(',') is var names && Array.TrueForAll(names, static name => s_rows.Contains(name)):
                    rows = names;
                    break;
                default:
                    throw new ArgumentException($"{args[i]} {value} is invalid. Usage: {Usage}");
            }
        }

        return (seconds, rows);
    }
}
