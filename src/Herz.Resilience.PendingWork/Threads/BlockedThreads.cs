using System.Reflection;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Finds the threads that wait in the kernel on behalf of the app's own code, with their stacks.</summary>
internal sealed class BlockedThreads(MethodsByAddress methods)
{
    private const int MaxStack = 256 * 1024;
    private const int MaxThreads = 10_000;

    // One that wakes every few milliseconds ran between two looks now and then, not each time.
    private const int MaxLooks = 3;

    /// <summary>One operation for each such thread; <paramref name="notes"/> tells what was left out.</summary>
    public List<PendingOperation> Read(ProcessMemory memory, long deadline, List<string> notes)
    {
        var code = new CodeRanges(File.ReadLines("/proc/self/maps"));
        var stacks = new PendingStackTable();
        var buffer = new byte[MaxStack];
        var operations = new List<PendingOperation>();
        var threads = ThreadTable.Others();
        for (var i = 0; i < threads.Count; i++)
        {
            if (i == MaxThreads || System.Diagnostics.Stopwatch.GetTimestamp() > deadline)
            {
                notes.Add($"only {i} of {threads.Count} threads were looked at: {(i == MaxThreads ? "more are never" : "the time ran out (Timeout)")}");
                break;
            }

            if (ThreadStack.Describe([.. Addresses(memory, code, threads[i], buffer).Select(methods.Of).OfType<MethodBase>()], stacks) is { } operation)
            {
                operations.Add(operation);
            }
        }

        return operations;
    }

    // Only what stood still is asked about: words of a stack that changed under the reading may be anything.
    private static List<ulong> Addresses(ProcessMemory memory, CodeRanges code, int id, byte[] buffer)
    {
        for (var looks = 0; looks < MaxLooks && ThreadTable.Look(id) is { } thread; looks++)
        {
            var addresses = ReturnAddresses(memory, code, thread, buffer);
            if (ThreadTable.IsUnmoved(thread))
            {
                return addresses;
            }
        }

        return [];
    }

    private static List<ulong> ReturnAddresses(ProcessMemory memory, CodeRanges code, WaitingThread thread, byte[] buffer)
    {
        var stack = buffer.AsSpan(0, (int)Math.Min(MaxStack, code.EndOf(thread.StackPointer) - thread.StackPointer));
        return memory.TryRead(thread.StackPointer, stack) ? StackReader.ReturnAddresses(stack, thread.StackPointer, code.IsCode, address => StackUse(memory, address)) : [];
    }

    private static int StackUse(ProcessMemory memory, ulong address)
    {
        Span<byte> code = stackalloc byte[ReturnSequence.Longest];
        return RuntimeFacts.ReturnsByStack && memory.TryRead(address, code) ? ReturnSequence.StackUse(code) : -1;
    }
}
