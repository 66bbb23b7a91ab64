using System.Reflection;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Finds the threads that app code blocks in the kernel, with their stacks.</summary>
internal sealed class BlockedThreads(MethodsByAddress methods)
{
    private const int MaxStack = 256 * 1024;
    private const int MaxThreads = 10_000;

    // A thread that wakes every few milliseconds runs during some attempts, but not during all.
    private const int MaxAttempts = 3;

    /// <summary>Returns one operation per blocked thread; adds omissions to <paramref name="notes"/>.</summary>
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
                notes.Add($"only {i} of {threads.Count} threads were read: {(i == MaxThreads ? "this is the maximum" : "the capture reached its Timeout")}");
                break;
            }

            if (ThreadStack.Describe([.. Addresses(memory, code, threads[i], buffer).Select(methods.Of).OfType<MethodBase>()], stacks) is { } operation)
            {
                operations.Add(operation);
            }
        }

        return operations;
    }

    // The words of a stack that changed during the reading may be arbitrary, so they are not resolved.
    private static List<ulong> Addresses(ProcessMemory memory, CodeRanges code, int id, byte[] buffer)
    {
        for (var attempt = 0; attempt < MaxAttempts && ThreadTable.Inspect(id) is { } thread; attempt++)
        {
            var addresses = ReturnAddresses(memory, code, thread, buffer);
            if (ThreadTable.HasNotRunSince(thread))
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
        Span<byte> code = stackalloc byte[ReturnSequence.MaxLength];
        return RuntimeFacts.ReturnsByStack && memory.TryRead(address, code) ? ReturnSequence.StackUse(code) : -1;
    }
}
