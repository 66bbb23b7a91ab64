using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Builds the result of a reliable reading and adds the blocked threads.</summary>
internal static class Outcome
{
    public static CaptureAttempt Of(HeapReading reading, RuntimeAccess runtime, CaptureSession session)
    {
        var operations = reading.ListOperations();
        var notes = reading.Notes();
        if (session.Options.Threads)
        {
            AddThreads(runtime, operations, notes, session.Deadline);
        }

        return CaptureAttempt.Done(operations, notes, reading.Types);
    }

    // Stacks are not on the heap: they are always read from the running process.
#pragma warning disable CA1031 // An error while reading threads must not discard the profile of the heap.
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
