using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Text.Json;
using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Heap snapshots with other traces of the same process, and with a buffer of the runtime that is too small.</summary>
internal static class OtherTraces
{
    /// <summary>Captures twice each before, during and after another listener has the keywords of a heap snapshot enabled.</summary>
    public static void Report()
    {
        var gate = Gate(null);
        var quiet = Twice(gate);
        using var listener = new Listener();
        var listened = Twice(gate);

        // The runtime does not send types again, so a new reader does not get their names.
        var newcomer = Once(Gate(null));
        listener.Dispose();
        Console.WriteLine(JsonSerializer.Serialize(new { quiet, listened, newcomer, heard = listener.Received, after = Twice(gate), files = OpenFiles(gate) }));
    }

    /// <summary>Abandons snapshots during their traces and captures afterwards.</summary>
    public static void Abandon(int snapshots)
    {
        var started = 0;
        for (; started < snapshots; started++)
        {
            using var session = HeapSession.Start(64, Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency));
            session.Trace.ReadExactly(new byte[1000]);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { begun = started, after = Once(Gate(null)) }));
    }

    /// <summary>Captures with a buffer of the given size, and then with a sufficient one.</summary>
    public static void Squeeze(int megabytes) =>
        Console.WriteLine(JsonSerializer.Serialize(new { squeezed = Once(Gate(megabytes)), again = Once(Gate(null)) }));

    private static CaptureGate Gate(int? bufferMegabytes) => new(new CaptureRun([new EventPipeSnapshot(bufferMegabytes)], TimeProvider.System));

    private static string[] Twice(CaptureGate gate) => [Once(gate), Once(gate)];

    private static string Once(CaptureGate gate)
    {
        var profile = gate.Capture(new PendingWorkOptions { LongestPause = TimeSpan.FromSeconds(10) });
        return profile.Method == CaptureMethod.None ? profile.Refusals[0].Reason : Measures.IsExact(profile) ? "exact" : "WRONG";
    }

    // The number of files that ten captures leave open.
    private static int OpenFiles(CaptureGate gate)
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 10; i++)
        {
            _ = Once(gate);
        }

        return Directory.GetFiles("/proc/self/fd").Length - before;
    }

    /// <summary>Enables the keywords of a heap snapshot except those that start one.</summary>
    private sealed class Listener : EventListener
    {
        private const EventKeywords CollectionsAndTypes = (EventKeywords)0x108_0001;

        private int _received;

        public int Received => Volatile.Read(ref _received);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Verbose, CollectionsAndTypes);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Interlocked.Increment(ref _received);
    }
}
