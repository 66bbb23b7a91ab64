using System.Buffers.Binary;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Finds the return addresses on a stack by the chain of frame pointers, which managed code and the runtime keep on Linux. A
/// small method that goes without one would leave out its caller, which is found by how the method returns. A pure function of
/// the stack's bytes and of what is code.
/// </summary>
internal static class StackReader
{
    private const int Word = sizeof(ulong);
    private const int ShortestChain = 3;
    private const int MaxFrames = 256;

    /// <summary>The return addresses, the innermost first; empty where no chain is found.</summary>
    /// <param name="stack">The stack from its pointer on.</param>
    /// <param name="start">The address of its first byte.</param>
    /// <param name="isCode">Whether an address is code.</param>
    /// <param name="stackUse">What a method without a frame pointer holds of the stack, by the address at which it goes on; -1 for any other.</param>
    public static List<ulong> ReturnAddresses(ReadOnlySpan<byte> stack, ulong start, Predicate<ulong> isCode, Func<ulong, int> stackUse)
    {
        var found = new List<ulong>();
        for (var at = 0; at + (2 * Word) <= stack.Length; at += Word)
        {
            // The C library's frames come first and keep no chain: the first that leads on is where it begins.
            if (Length(stack, start, at, isCode) >= ShortestChain)
            {
                Follow(stack, start, at, isCode, stackUse, found);
                break;
            }
        }

        return found;
    }

    private static int Length(ReadOnlySpan<byte> stack, ulong start, int at, Predicate<ulong> isCode)
    {
        var length = 0;
        while (at >= 0 && length < ShortestChain && isCode(At(stack, at + Word)))
        {
            length++;
            at = Next(stack, start, at);
        }

        return length;
    }

    private static void Follow(ReadOnlySpan<byte> stack, ulong start, int at, Predicate<ulong> isCode, Func<ulong, int> stackUse, List<ulong> found)
    {
        while (at >= 0 && found.Count < MaxFrames && isCode(At(stack, at + Word)))
        {
            found.Add(At(stack, at + Word));
            var next = Next(stack, start, at);
            AddUnframed(stack, at + (2 * Word), next, isCode, stackUse, found);
            at = next;
        }
    }

    // Between two frames of the chain: who was called last went on at the newest address, and returns by what lies above it.
    private static void AddUnframed(ReadOnlySpan<byte> stack, int above, int next, Predicate<ulong> isCode, Func<ulong, int> stackUse, List<ulong> found)
    {
        while (found.Count < MaxFrames && stackUse(found[^1]) is var size and >= 0 && above + size + Word <= next && isCode(At(stack, above + size)))
        {
            found.Add(At(stack, above + size));
            above += size + Word;
        }
    }

    /// <summary>Where the next frame outward is; -1 where there is none.</summary>
    private static int Next(ReadOnlySpan<byte> stack, ulong start, int at)
    {
        var next = At(stack, at);
        var offset = next - start;
        return next > start && offset >= (ulong)at + (2 * Word) && offset + (2 * Word) <= (ulong)stack.Length && next % Word == 0 ? (int)offset : -1;
    }

    private static ulong At(ReadOnlySpan<byte> stack, int at) => BinaryPrimitives.ReadUInt64LittleEndian(stack[at..]);
}
