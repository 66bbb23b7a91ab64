using System.Runtime;
using System.Text.Json;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Captures while the app does not want collections.</summary>
internal static class Latency
{
    /// <summary>Captures in a latency mode and reports whether the mode and the number of collections are as before.</summary>
    public static void Report(string wanted)
    {
        var mode = Enum.Parse<GCLatencyMode>(wanted);
        if (mode == GCLatencyMode.NoGCRegion)
        {
            GC.TryStartNoGCRegion(16 << 20);
        }
        else
        {
            GCSettings.LatencyMode = mode;
        }

        var before = GC.CollectionCount(0);
        var profile = PendingWorkProfile.Capture(new() { Collect = PendingWorkSweep.Background, LongestPause = TimeSpan.FromSeconds(10) });
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            method = profile.Method.ToString(),
            why = string.Join("; ", profile.Refusals),
            notes = string.Join("; ", profile.Notes),
            isExact = Measures.IsExact(profile),
            mode = GCSettings.LatencyMode.ToString(),
            collections = GC.CollectionCount(0) - before,
        }));
    }
}
