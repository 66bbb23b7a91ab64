using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>
/// Effects of the bundle on healthy apps. Each app and load runs once bare and once with the one call, each in a separate process.
/// The expected result of each row is 0.
/// </summary>
internal static class HarmlessBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = HarmlessSettings.Parse(args);
        if (settings.IsList)
        {
            return List(settings.Rows);
        }

        var start = Stopwatch.GetTimestamp();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.Rows.Length} rows, {settings.Parallel} in parallel, duration of loads {settings.Scale:P0}, {Environment.ProcessorCount} cores shared with the clients."));
        Console.WriteLine();
        Console.WriteLine("| row | field | requests | failures bare | failures herz | over bare | by kind | state left |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var results = new List<RowResult>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel };
        await Parallel.ForEachAsync(settings.Rows.Where(static row => !row.IsAlone), options, async (row, _) => await MeasureAsync(row));
        foreach (var row in settings.Rows.Where(static row => row.IsAlone))
        {
            await MeasureAsync(row);
        }

        var bad = results.FindAll(static result => !result.IsClean);
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count - bad.Count} of {results.Count} rows are clean, {bad.Sum(static result => result.Over.Sum())} failures over bare, in {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} min."));
        if (bad.Count > 0)
        {
            Console.WriteLine($"Not clean: {string.Join(",", bad.Select(static result => result.Row.Name))}");
        }

        return bad.Count == 0 ? 0 : 1;

        async Task MeasureAsync(HealthyApp row)
        {
            var result = await RowResult.MeasureAsync(row, settings.Scale);
            lock (results)
            {
                results.Add(result);
                result.Print(settings.ShowsLog);
            }
        }
    }

    private static int List(HealthyApp[] rows)
    {
        Console.WriteLine("| row | field | app and clients | configuration |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var row in rows)
        {
            Console.WriteLine($"| {row.Name} | {row.Field} | {row.Title} | {string.Join("; ", row.Settings.Select(static setting => $"{setting.Key} = {setting.Value}"))} |");
        }

        Console.WriteLine();
        Console.WriteLine($"{rows.Length} rows");
        return 0;
    }
}
