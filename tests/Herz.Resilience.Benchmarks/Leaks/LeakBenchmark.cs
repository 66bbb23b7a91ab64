using System.Globalization;
using Herz.Resilience.LeakWatchdog;

namespace Herz.Resilience.Benchmarks.Leaks;

/// <summary>
/// The number of windows until each leak is reported, and the correctness of the report: real apps, collections and captures, windows
/// of some seconds with the requests of a minute, leaks that start at a random time of a window.
/// </summary>
internal static class LeakBenchmark
{
    public const string Usage = "leaks [--runs 1..1000] [--window 4..60] [--only part-of-a-name]";
    private const int HealthyPerWindow = 100;
    public static async Task<int> RunAsync(string[] args)
    {
        var runs = Number(args, "--runs", 20, 1000);
        var window = TimeSpan.FromSeconds(Number(args, "--window", 4, 60));
        var random = new Random(20);
        Console.WriteLine($"{runs} runs of each case, windows of {window.TotalSeconds} s.");
        Console.WriteLine("| leak | correct | in time | windows: median, maximum, limit | captures |");
        Console.WriteLine("|---|---|---|---|---|");
        var reached = true;
        foreach (var leak in Chosen(args))
        {
            var results = new List<Result>();
            for (var run = 0; run < runs; run++)
            {
                results.Add(await RunAsync(leak, window, random.NextDouble()));
            }

            var named = results.Count(static result => result.IsRight);
            var inTime = results.Count(result => result.IsRight && result.Windows <= leak.Within);
            var windows = results.Select(static result => result.Windows).Order().ToArray();
            reached &= inTime == runs;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {leak.Name} | {named} of {runs} | {inTime} of {runs} | {windows[windows.Length / 2]:F2}, {windows[^1]:F2}, {leak.Within} | {results.Max(static result => result.Captures)} |"));
            foreach (var wrong in results.Where(static result => !result.IsRight))
            {
                Console.WriteLine($"  wrong: {wrong.Reported}");
            }
        }

        return reached ? 0 : 1;
    }

    private static async Task<Result> RunAsync(LeakCase leak, TimeSpan window, double phase)
    {
        var recorder = new LeakChangeRecorder();
        var captures = new CaptureCount();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(captures);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.UseHerzResilience(herz =>
        {
            herz.LeakWatchdog.Window = window;
            herz.RateLimiting.Policies["default"] = new() { PermitsPerSecond = 1_000_000, Burst = 1_000_000 };
        });
        builder.Services.AddSingleton<ILeakObserver>(recorder);
        builder.Services.AddSingleton<OrderPump>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<OrderPump>());
        await using var app = builder.Build();
        new LeakApp().Map(app);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, LeakCase.Healthy).Select(number => SendAsync(client, HttpMethod.Get, $"/healthy/{number}", HealthyPerWindow, window, stop.Token)).ToList();

        // One complete window of a healthy app, and a fraction of the next.
        await Task.Delay(window * (1 + phase));
        var start = DateTimeOffset.UtcNow;
        load.Add(SendAsync(client, leak.Endpoint.StartsWith("POST", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, leak.Path, leak.PerWindow, window, stop.Token));
        await Task.WhenAny(recorder.First, Task.Delay(window * (leak.Within + 6)));
        var changes = recorder.Changes;
        await stop.CancelAsync();
        await Task.WhenAll(load);
        return changes.Length == 0
            ? new Result(false, leak.Within + 6, captures.Count, "nothing")
            : new Result(
                changes.All(change => change.Leak.Origin == leak.Endpoint && change.Leak.Method?.EndsWith(leak.Method, StringComparison.Ordinal) == true),
                (changes[0].Time - start) / window,
                captures.Count,
                string.Join("; ", changes.Select(static change => change.Leak.ToString())));
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, int perWindow, TimeSpan window, CancellationToken token)
    {
        using var timer = new PeriodicTimer(window / perWindow);
        try
        {
            while (await timer.WaitForNextTickAsync(token))
            {
                using var request = new HttpRequestMessage(method, path);
                using var response = await client.SendAsync(request, token);
                response.EnsureSuccessStatusCode();
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }

    private static LeakCase[] Chosen(string[] args)
    {
        var at = Array.IndexOf(args, "--only");
        var part = at < 0 ? "" : args.ElementAtOrDefault(at + 1) ?? "";
        var chosen = LeakCase.All.Where(leak => leak.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToArray();
        return chosen.Length > 0 && (at < 0 || part.Length > 0) ? chosen
            : throw new ArgumentException($"--only '{part}' matches none of: {string.Join("; ", LeakCase.All.Select(static leak => leak.Name))}. Usage: {Usage}");
    }

    private static int Number(string[] args, string option, int defaultValue, int max)
    {
        var at = Array.IndexOf(args, option);
        return at < 0 ? defaultValue
            : at + 1 < args.Length && int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max ? number
            : throw new ArgumentException($"{option} must be an integer from 1 to {max}. Usage: {Usage}");
    }

    private sealed record Result(bool IsRight, double Windows, int Captures, string Reported);

    /// <summary>Counts captures by their log entries.</summary>
    private sealed class CaptureCount : ILoggerProvider, ILogger
    {
        private const int CapturedEvent = 909;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == CapturedEvent)
            {
                Interlocked.Increment(ref _count);
            }
        }

        public void Dispose()
        {
        }
    }
}
