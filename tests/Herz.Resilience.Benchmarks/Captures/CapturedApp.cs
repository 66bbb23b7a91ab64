using System.Globalization;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.PendingWork;
using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.Benchmarks.Captures;

/// <summary>The child process: an app with a large heap that is captured on request, and that can leak.</summary>
internal static class CapturedApp
{
    public const string Command = "captured-app";

    private static readonly TaskCompletionSource s_never = new();

    /// <summary>Serves until the input ends.</summary>
    /// <param name="args">The megabytes that stay, the megabytes of cache, its megabytes replaced per second, the megabytes of garbage per second, the seconds of a window.</param>
    public static async Task RunAsync(string[] args)
    {
        var numbers = Array.ConvertAll(args, static text => int.Parse(text, CultureInfo.InvariantCulture));
        var heap = new CapturedHeap();
        heap.Fill(numbers[0]);
        if (numbers[1] > 0)
        {
            heap.Cache(numbers[1], numbers[2]);
        }

        if (numbers[3] > 0)
        {
            CapturedHeap.Allocate(numbers[3]);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.UseHerzResilience(herz =>
        {
            herz.LeakWatchdog.Window = TimeSpan.FromSeconds(numbers[4]);
            herz.RateLimiting.Policies["default"] = new() { PermitsPerSecond = 1_000_000, Burst = 1_000_000 };
        });
        var changes = new Leaks.LeakChangeRecorder();
        builder.Services.AddSingleton<ILeakObserver>(changes);
        await using var app = builder.Build();
        app.MapGet("/work", static () => "done");
        app.MapGet("/leak", static () => { _ = LeakAsync(); });
        app.MapGet("/leaks", () => string.Join("; ", changes.Changes.Select(static change => change.Leak.ToString())));
        app.MapGet("/capture", CaptureAsync);
        app.MapGet("/cpu", static () => Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await Console.In.ReadToEndAsync();
        GC.KeepAlive(heap);
    }

    private static async Task LeakAsync() => await s_never.Task;

    // Like the watchdog: on a thread of its own, never by the event pipe.
    private static Task<CaptureResult> CaptureAsync(string? method) => Task.Factory.StartNew(
        () =>
        {
            var options = new PendingWorkOptions { Collect = PendingWorkSweep.Background, LongestPause = TimeSpan.Zero };
            var before = Environment.CpuUsage.TotalTime;
            var profile = method is null ? PendingWorkProfile.Capture(options) : Only(Enum.Parse<CaptureMethod>(method)).Capture(options);
            return new CaptureResult(
                profile.Method.ToString(), profile.Duration.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, string.Join("; ", profile.Refusals));
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static CaptureGate Only(CaptureMethod method) =>
        new(new CaptureRun([CaptureMethods.ThisProcess().Single(known => known.Method == method)], TimeProvider.System));
}

/// <summary>The result of one capture.</summary>
internal sealed record CaptureResult(string Method, double Seconds, double CpuSeconds, string Refusals);
