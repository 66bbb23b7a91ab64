using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Tells what a trusted reading holds, and the threads that wait beside it.</summary>
internal static class Outcome
{
    public static CaptureAttempt Of(HeapReading reading, RuntimeAccess runtime, PendingWorkOptions options, long deadline)
    {
        var operations = reading.Tell();
        var notes = reading.Notes();
        if (options.Threads)
        {
            AddThreads(runtime, operations, notes, deadline);
        }

        return CaptureAttempt.Done(operations, notes, reading.Types);
    }

    // Stacks are outside of the heap: they are read from the running process, whichever way the heap was read.
#pragma warning disable CA1031 // What goes wrong with the threads must not spoil the heap's profile.
    private static void AddThreads(RuntimeAccess runtime, List<PendingOperation> operations, List<string> notes, long deadline)
    {
        try
        {
            using var memory = ProcessMemory.Open();
            operations.AddRange(runtime.Threads.Read(memory, deadline, notes));
        }
        catch (Exception e)
        {
            notes.Add($"threads are not listed: {e.Message}");
        }
    }
#pragma warning restore CA1031
}
