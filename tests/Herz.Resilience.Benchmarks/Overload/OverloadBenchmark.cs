using System.Diagnostics;
using System.Globalization;
using Herz.Resilience.Benchmarks.Macro;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>
/// Goodput under overload of bare Kestrel, the stock composition and Herz, each in a new process under the same load.
/// </summary>
internal static class OverloadBenchmark
{
    public const string Usage = "overload [--seconds 5..60] [--rows slots2,slots5,cpu2,cpu5,blocking,critical,ignoring2,ignoring5,cold2,cold5,coldignoring2,coldignoring5] [--apps bare,stock,herz]";

    public static async Task<int> RunAsync(string[] args)
    {
        var (seconds, rows, apps) = Parse(args);
        var spin = Calibrate();
        Console.WriteLine($"{seconds} s each after 3 s of increasing load, random arrivals in an open loop, {Environment.ProcessorCount} cores shared with the generator.");
        Console.WriteLine();
        Console.WriteLine("| case | app | good/s | share of capacity or offered | target | p99 of answered | generator busy |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            foreach (var app in apps)
            {
                Print(row, app, await MeasureAsync(row, app, seconds, spin));
            }
        }

        return 0;
    }

    private static async Task<LoadResult> MeasureAsync(OverloadRow row, string app, int seconds, int spin)
    {
        using var server = await ServerHandle.StartAsync(app, (OverloadEndpoint.SpinVariable, spin.ToString(CultureInfo.InvariantCulture)));
        foreach (var path in row.Loads.Select(static load => load.Path).Distinct().Where(path => path != "/blocking" && !row.IsCold))
        {
            // Complete tiered compilation, at a load well below the capacity.
            await LoadProcess.RunAsync(server.Address, new OverloadLoad(path, 60), 3);
        }

        return (await Task.WhenAll(row.Loads.Select(load => LoadProcess.RunAsync(server.Address, load, seconds, row.IsCold ? 2 : 0))))[0];
    }

    private static void Print(OverloadRow row, string app, LoadResult result)
    {
        var share = row.Capacity > 0 ? result.GoodPerSecond / row.Capacity : result.GoodShare;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {row.Title} | {app} | {result.GoodPerSecond:F0} | {share:P1} | {row.Target:P1} | {result.OkP99:F0} ms | {result.GeneratorBusy:P0} |"));
    }

    // The fastest run is the one with the least interference.
    private static int Calibrate()
    {
        const int Rounds = 20_000_000;
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var start = Stopwatch.GetTimestamp();
            OverloadEndpoint.Spin(Rounds);
            var took = Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        return (int)(Rounds * (10 / best.TotalMilliseconds));
    }

    private static (int Seconds, OverloadRow[] Rows, string[] Apps) Parse(string[] args)
    {
        var (seconds, rows, apps) = (10, OverloadRow.All, AppKinds.Default);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--seconds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 5 and <= 60:
                    seconds = number;
                    break;
                case "--rows" when value.Split(',') is var names && Array.TrueForAll(names, static name => Array.Exists(OverloadRow.All, row => row.Name == name)):
                    rows = Array.FindAll(OverloadRow.All, row => names.Contains(row.Name));
                    break;
                case "--apps" when value.Split(',') is var kinds && Array.TrueForAll(kinds, static kind => AppKinds.Default.Contains(kind)):
                    apps = kinds;
                    break;
                default:
                    throw new ArgumentException($"{args[i]} {value} is invalid. Usage: {Usage}");
            }
        }

        return (seconds, rows, apps);
    }
}
