using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Text.Json;
using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Heap snapshots where others trace the same process, and where the runtime's buffer is too small.</summary>
internal static class Neighbours
{
    /// <summary>Captures before, while and after another listener holds the keywords of a heap snapshot, twice each time.</summary>
    public static void Tell()
    {
        var gate = Gate(null);
        var quiet = Twice(gate);
        using var listener = new Listener();
        var listened = Twice(gate);

        // One that was told nothing before does not know the types that are not told again.
        var newcomer = Once(Gate(null));
        listener.Dispose();
        Console.WriteLine(JsonSerializer.Serialize(new { quiet, listened, newcomer, heard = listener.Heard, after = Twice(gate), files = OpenFiles(gate) }));
    }

    /// <summary>Gives up snapshots in the midst of their traces, and captures afterwards.</summary>
    public static void Abandon(int snapshots)
    {
        var begun = 0;
        for (; begun < snapshots; begun++)
        {
            using var session = HeapSession.Start(64, Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency));
            session.Trace.ReadExactly(new byte[1000]);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { begun, after = Once(Gate(null)) }));
    }

    /// <summary>Captures with a buffer of so many megabytes, and then with enough.</summary>
    public static void Squeeze(int megabytes) =>
        Console.WriteLine(JsonSerializer.Serialize(new { squeezed = Once(Gate(megabytes)), again = Once(Gate(null)) }));

    private static CaptureGate Gate(int? bufferMegabytes) => new(new CaptureRun([new EventPipeSnapshot(bufferMegabytes)], TimeProvider.System));

    private static string[] Twice(CaptureGate gate) => [Once(gate), Once(gate)];

    private static string Once(CaptureGate gate)
    {
        var profile = gate.Capture(new PendingWorkOptions { LongestPause = TimeSpan.FromSeconds(10) });
        return profile.Way == CaptureWay.None ? profile.Refusals[0].Reason : Measures.IsExact(profile) ? "exact" : "WRONG";
    }

    // What ten captures leave open.
    private static int OpenFiles(CaptureGate gate)
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 10; i++)
        {
            _ = Once(gate);
        }

        return Directory.GetFiles("/proc/self/fd").Length - before;
    }

    /// <summary>Holds the keywords of a heap snapshot, but for those that take one.</summary>
    private sealed class Listener : EventListener
    {
        private const EventKeywords CollectionsAndTypes = (EventKeywords)0x108_0001;

        private int _heard;

        public int Heard => Volatile.Read(ref _heard);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, CollectionsAndTypes);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Interlocked.Increment(ref _heard);
    }
}
