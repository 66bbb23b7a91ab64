using System.Diagnostics;
using System.Globalization;
using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Measures the numbers of the README and prints one line each.</summary>
internal static class Measures
{
    private static readonly (string Method, int Count)[] s_expected =
        [("Orders.Handle", 1000), ("Orders.Load", 1000), ("Orders.Query", 1000), ("Subscriber.Pump", 700), ("Lifetime.WaitLinked", 300), ("LookAlikes.HealthyLoop", 20)];

    // Resets the peak of the resident memory (proc_pid_clear_refs(5)).
    private const string ResetPeak = "5";

    // The first capture of each method is a cold start.
    private static readonly CaptureMethod[] s_methods =
    [
        CaptureMethod.OwnWalk, CaptureMethod.OwnWalk, CaptureMethod.OwnWalk,
        CaptureMethod.ForkSnapshot, CaptureMethod.ForkSnapshot,
        CaptureMethod.EventPipe, CaptureMethod.EventPipe, CaptureMethod.EventPipe,
    ];

    /// <summary>Waits until no work is queued, so that all started work has reached its final wait.</summary>
    public static void Settle()
    {
        SpinWait.SpinUntil(static () => ThreadPool.PendingWorkItemCount == 0);
        using var idle = new ManualResetEventSlim();
        idle.Wait(200);
    }

    /// <summary>Captures with one capture method only.</summary>
    public static PendingWorkProfile Only(CaptureMethod wanted, PendingWorkOptions options)
    {
        var method = CaptureMethods.ThisProcess().Single(method => method.Method == wanted);
        return new CaptureGate(new CaptureRun([method], TimeProvider.System)).Capture(options);
    }

    /// <summary>Captures while two threads collect without a break.</summary>
    public static int Storm(int captures, CaptureMethod? method, Action leak) => Disturbed(captures, method, leak, static until => Ballast.Storm(until));

    /// <summary>Captures while two threads together allocate at the given rate and the garbage collector runs as it decides.</summary>
    public static int Allocate(int captures, int megabytesPerSecond, CaptureMethod? method, Action leak) =>
        Disturbed(captures, method, leak, until => Ballast.Allocate(megabytesPerSecond / 2, until));

    private static int Disturbed(int captures, CaptureMethod? method, Action leak, Func<CancellationToken, Thread> disturb)
    {
        leak();
        GC.Collect();
        using var end = new CancellationTokenSource();
        var collections = GC.CollectionCount(0);
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var threads = new[] { disturb(end.Token), disturb(end.Token) };
        var options = new PendingWorkOptions { Collect = PendingWorkSweep.None };
        var exact = 0;
        var snapshots = 0;
        var refused = 0;
        for (var i = 0; i < captures; i++)
        {
            var profile = method is { } only ? Only(only, options) : PendingWorkProfile.Capture(options);
            exact += IsExact(profile) ? 1 : 0;
            snapshots += profile.Method == CaptureMethod.ForkSnapshot ? 1 : 0;
            refused += profile.Method == CaptureMethod.None ? 1 : 0;
            if (profile.Method == CaptureMethod.None)
            {
                Console.Error.WriteLine(string.Join("; ", profile.Refusals));
            }
        }

        var rate = (GC.GetTotalAllocatedBytes() - allocated) / 1048576 / Stopwatch.GetElapsedTime(start).TotalSeconds;
        end.Cancel();
        Array.ForEach(threads, static thread => thread.Join());
        Print($"{{\"captures\":{captures},\"exact\":{exact},\"snapshots\":{snapshots},\"refused\":{refused},\"collections\":{GC.CollectionCount(0) - collections},\"megabytesPerSecond\":{rate:F0}}}");
        return 0;
    }

    public static int Heap(int megabytes, Action leak)
    {
        Ballast.Fill(megabytes);
        leak();
        GC.Collect();
        foreach (var method in s_methods)
        {
            Measure($"heap {megabytes} MB", method, IsExact);
        }

        Control();
        return 0;
    }

    // Verifies that the meter detects a pause.
    private static void Control()
    {
        using var pauses = new PauseMeter();
        pauses.LargestOver(200);
        var before = GC.GetTotalPauseDuration();
        pauses.Begin();
        GC.Collect();
        var seen = pauses.End();
        Print($"for comparison, a blocking collection: pause {seen:F1} ms, reported by the runtime {(GC.GetTotalPauseDuration() - before).TotalMilliseconds:F1} ms");
    }

    public static int Many(int operations)
    {
        var source = new TaskCompletionSource();
        var kept = new Task[operations];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = Outer(source.Task);
        }

        GC.Collect();
        foreach (var method in s_methods)
        {
            Measure($"{operations} chains of two", method, profile => Count(profile, "Measures.Outer") == operations && Count(profile, "Measures.Inner") == operations);
        }

        GC.KeepAlive(kept);
        return 0;
    }

    private static async Task Outer(Task task) => await Inner(task);

    private static async Task Inner(Task task) => await task;

    private static void Measure(string name, CaptureMethod method, Predicate<PendingWorkProfile> isExact)
    {
        var options = new PendingWorkOptions { Collect = PendingWorkSweep.None, LongestPause = TimeSpan.FromSeconds(10) };
        using var pauses = new PauseMeter();
        var noise = pauses.LargestOver(200);
        var memory = Resident();
        File.WriteAllText("/proc/self/clear_refs", ResetPeak);
        pauses.Begin();
        var profile = method == CaptureMethod.OwnWalk ? PendingWorkProfile.Capture(options) : Only(method, options);
        var pause = pauses.End();
        Print($"{name}: {profile.Method}, {(isExact(profile) ? "exact" : "WRONG")}, {profile.Duration.TotalMilliseconds:F0} ms, pause {pause:F1} ms (noise {noise:F1}), memory {Megabytes(Resident() - memory):+0.0;-0.0} MB (at most {Megabytes(Peak() - memory):+0;-0})");
        foreach (var refusal in profile.Refusals)
        {
            Print($"  {refusal}");
        }
    }

    public static bool IsExact(PendingWorkProfile profile) => s_expected.All(e => Count(profile, e.Method) == e.Count) && Count(profile, "CachedLookup") == 0;

    private static int Count(PendingWorkProfile profile, string method) =>
        profile.ByMethod().Where(group => group.Method.EndsWith(method, StringComparison.Ordinal)).Sum(static group => group.Count);

    private static double Megabytes(long bytes) => bytes / 1048576.0;

    private static long Peak()
    {
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmHWM:".Length, line.Length - "VmHWM:".Length - "kB".Length), CultureInfo.InvariantCulture) * 1024;
    }

    private static long Resident()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
