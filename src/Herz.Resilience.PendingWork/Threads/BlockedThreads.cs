using System.Reflection;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Finds the threads that wait in the kernel on behalf of the app's own code, with their stacks.</summary>
internal sealed class BlockedThreads(MethodsByAddress methods)
{
    private const int MaxStack = 256 * 1024;
    private const int MaxThreads = 10_000;

    /// <summary>One operation for each such thread.</summary>
    public List<PendingOperation> Read(ProcessMemory memory, long deadline)
    {
        var code = new CodeRanges(File.ReadLines("/proc/self/maps"));
        var stacks = new PendingStackTable();
        var buffer = new byte[MaxStack];
        var operations = new List<PendingOperation>();
        foreach (var thread in ThreadTable.Waiting().Take(MaxThreads))
        {
            if (System.Diagnostics.Stopwatch.GetTimestamp() > deadline)
            {
                break;
            }

            // Only what stood still is asked about: words of a stack that changed under the reading may be anything.
            var addresses = ReturnAddresses(memory, code, thread, buffer);
            if (ThreadTable.IsUnmoved(thread) && ThreadStack.Describe([.. addresses.Select(methods.Of).OfType<MethodBase>()], stacks) is { } operation)
            {
                operations.Add(operation);
            }
        }

        return operations;
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
