using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.Benchmarks.Captures;

/// <summary>What captures cost an app: in a container whose memory is nearly used up, on a large and busy heap, and under a CPU limit.</summary>
internal static class CapturesBenchmark
{
    public const string Usage = "captures [--only memory,large,cpu] [--runs 1..100]";

    private const int WindowSeconds = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var only = Option(args, "--only")?.Split(',') ?? ["memory", "large", "cpu"];
        var runs = int.Parse(Option(args, "--runs") ?? "20", NumberStyles.None, CultureInfo.InvariantCulture);
        Console.WriteLine("| case | result | details |");
        Console.WriteLine("|---|---|---|");
        var reached = true;
        foreach (var name in only)
        {
            reached &= name switch
            {
                "memory" => await MemoryAsync(runs, limit: 880) & await MemoryAsync(Math.Max(1, runs / 5), limit: 1600),
                "large" => await LargeAsync(serverCollector: true) & await LargeAsync(serverCollector: false),
                "cpu" => await CpuAsync(),
                _ => throw new ArgumentException($"--only {name} is invalid. Usage: {Usage}"),
            };
        }

        return reached ? 0 : 1;
    }

    // A cache of 450 MB of which 150 MB/s are replaced, below a limit at which a snapshot is refused or one at which it starts; captures
    // a second apart, every fourth by any method and the others by a snapshot.
    private static async Task<bool> MemoryAsync(int runs, int limit)
    {
        const int Captures = 8;
        var killed = 0;
        var methods = new Dictionary<string, int>();
        var reason = "";
        for (var run = 0; run < runs; run++)
        {
            using var group = LimitedGroup.OfMemory((long)limit << 20);
            using var app = await CapturedProcess.StartAsync(group, serverCollector: run % 2 == 0, "0", "450", "150", "0", "60");
            for (var capture = 0; capture < Captures && !app.HasExited; capture++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                var result = await app.CaptureAsync(capture % 4 == 3 ? null : "ForkSnapshot");
                methods[result?.Method ?? "gone"] = methods.GetValueOrDefault(result?.Method ?? "gone") + 1;
                reason = result is { Method: "None" } ? result.Refusals : reason;
            }

            killed += app.HasExited ? 1 : 0;
        }

        Print($"container of {limit} MB, 450 MB of cache, 150 MB/s, {runs} runs of {Captures} captures", $"killed {killed} of {runs}",
            $"{string.Join(", ", methods.Select(static method => $"{method.Key} {method.Value}"))}; last refusal: {reason}");
        return killed == 0;
    }

    // 4.6 GB at 100 MB/s, eight captures; then a leak of two a second.
    private static async Task<bool> LargeAsync(bool serverCollector)
    {
        const int Captures = 8;
        using var app = await CapturedProcess.StartAsync(null, serverCollector, "4600", "0", "0", "100", Text(WindowSeconds));
        await Task.Delay(TimeSpan.FromSeconds(3));
        var idle = await CpuPerSecondAsync(app);
        var results = new List<CaptureResult>();
        for (var capture = 0; capture < Captures; capture++)
        {
            results.Add(await app.CaptureAsync() ?? throw new InvalidOperationException("the app is gone"));
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var captured = results.Count(static result => result.Method != "None");
        var (longest, cpu) = (results.Max(static result => result.Seconds), results.Max(result => result.CpuSeconds - (idle * result.Seconds)));
        var windows = await WindowsUntilNamedAsync(app);
        Print($"4.6 GB at 100 MB/s, {(serverCollector ? "server" : "workstation")} collector", $"captured {captured} of {Captures}",
            $"longest {longest:F1} s, at most {cpu:F1} CPU s ({string.Join(", ", results.Select(result => $"{result.Method} {result.Seconds:F1} s, {result.CpuSeconds - (idle * result.Seconds):F1} CPU s"))}); a leak is named after {windows:F1} windows; last refusal: {results[^1].Refusals}");
        return captured >= 6 && longest <= 6 && cpu <= 3 && windows <= 6;
    }

    private static async Task<double> WindowsUntilNamedAsync(CapturedProcess app)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 9 * WindowSeconds)
        {
            await app.Client.GetStringAsync("/leak");
            if ((await app.Client.GetStringAsync("/leaks")).Contains("LeakAsync", StringComparison.Ordinal))
            {
                break;
            }

            await Task.Delay(200);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / WindowSeconds;
    }

    // 1 GB of heap under a limit of 500m: the time of 100 requests a second, without and during captures.
    private static async Task<bool> CpuAsync()
    {
        using var group = LimitedGroup.OfCpu(0.5);
        using var app = await CapturedProcess.StartAsync(group, serverCollector: false, "1000", "0", "0", "1", "60");
        await LoadAsync(app, Task.Delay(TimeSpan.FromSeconds(20)));
        var quiet = await LoadAsync(app, Task.Delay(TimeSpan.FromSeconds(20)));
        var captures = new List<CaptureResult>();
        var during = await LoadAsync(app, CaptureAllAsync());
        Print($"CPU limit of 500m, 1 GB of heap, 100 requests/s", $"p95 {Percentile(during, 0.95):F1} ms during captures, {Percentile(quiet, 0.95):F1} ms without",
            $"p99 {Percentile(during, 0.99):F1} and {Percentile(quiet, 0.99):F1} ms; {during.Count} requests; {string.Join(", ", captures.Select(static result => $"{result.Method} {result.Seconds:F1} s, {result.CpuSeconds:F1} CPU s"))}; last refusal: {captures[^1].Refusals}");
        return Percentile(during, 0.95) <= 5;

        async Task CaptureAllAsync()
        {
            for (var capture = 0; capture < 5; capture++)
            {
                captures.Add(await app.CaptureAsync() ?? throw new InvalidOperationException("the app is gone"));
            }
        }
    }

    private static async Task<List<double>> LoadAsync(CapturedProcess app, Task until)
    {
        var times = new List<double>();
        var pending = new List<Task>();
        while (!until.IsCompleted)
        {
            pending.Add(SendAsync());
            await Task.Delay(10);
        }

        await Task.WhenAll(pending);
        await until;
        return times;

        async Task SendAsync()
        {
            var start = Stopwatch.GetTimestamp();
            await app.Client.GetStringAsync("/work");
            lock (times)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    private static double Percentile(List<double> times, double share) => times.Order().ElementAt((int)(times.Count * share));

    private static async Task<double> CpuPerSecondAsync(CapturedProcess app)
    {
        var before = double.Parse(await app.Client.GetStringAsync("/cpu"), CultureInfo.InvariantCulture);
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var after = double.Parse(await app.Client.GetStringAsync("/cpu"), CultureInfo.InvariantCulture);
        return (after - before) / Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 ? args.ElementAtOrDefault(at + 1) : null;

    private static void Print(FormattableString name, FormattableString result, FormattableString details) => Console.WriteLine(
        $"| {name.ToString(CultureInfo.InvariantCulture)} | {result.ToString(CultureInfo.InvariantCulture)} | {details.ToString(CultureInfo.InvariantCulture)} |");
}
