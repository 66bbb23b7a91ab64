using System.Text.Json;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Captures in restricted environments.</summary>
internal static class Environments
{
    /// <summary>Captures with both capture methods and reports the restrictions of the environment.</summary>
    public static void Report()
    {
        var options = new PendingWorkOptions { Collect = PendingWorkSweep.Full };
        var walk = PendingWorkProfile.Capture(options);
        var snapshot = Measures.Only(CaptureMethod.ForkSnapshot, options);
        Print(new
        {
            user = Confined.User,
            mayReadOthers = Confined.MayReadOtherProcesses(),
            memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            walk = walk.Method.ToString(),
            walkExact = Measures.IsExact(walk),
            snapshot = snapshot.Method.ToString(),
            snapshotExact = Measures.IsExact(snapshot),
            why = string.Join("; ", walk.Refusals.Concat(snapshot.Refusals)),
        });
    }

    /// <summary>Captures while the process cannot map more memory, and again when it can.</summary>
    public static void Starve(int megabytes)
    {
        Ballast.Fill(megabytes);
        var source = new TaskCompletionSource();
        var kept = new Task[300_000];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = Wait(source.Task);
        }

        GC.Collect();
        var options = new PendingWorkOptions { Collect = PendingWorkSweep.None };
        _ = PendingWorkProfile.Capture(options with { MaxOperations = 1 });
        Confined.LimitAddressSpace(1 << 20);
        var starved = PendingWorkProfile.Capture(options);
        Confined.LimitAddressSpace(null);
        var again = PendingWorkProfile.Capture(options);
        Print(new
        {
            starved = starved.Method.ToString(),
            why = string.Join("; ", starved.Refusals),
            again = again.Method.ToString(),
            count = again.ByMethod().Where(static g => g.Method.EndsWith("Environments.Wait", StringComparison.Ordinal)).Sum(static g => g.Count),
        });
        GC.KeepAlive(kept);
    }

    private static async Task Wait(Task task) => await task;

    private static void Print(object result) => Console.WriteLine(JsonSerializer.Serialize(result));
}
