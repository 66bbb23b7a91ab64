using System.Buffers.Binary;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Finds the return addresses on a stack by the chain of frame pointers, which managed code and the runtime keep on Linux. The
/// chain lacks the caller of a small method without a frame pointer; the return code of the method locates it. A pure function
/// of the stack bytes and the code ranges.
/// </summary>
internal static class StackReader
{
    private const int Word = sizeof(ulong);
    private const int MinChain = 3;
    private const int MaxFrames = 256;

    /// <summary>The return addresses, the innermost first; empty if there is no chain.</summary>
    /// <param name="stack">The stack, starting at the stack pointer.</param>
    /// <param name="start">The address of the first byte.</param>
    /// <param name="isCode">Whether an address is code.</param>
    /// <param name="stackUse">Returns the stack use of a method without a frame pointer, by return address; -1 for other methods.</param>
    public static List<ulong> ReturnAddresses(ReadOnlySpan<byte> stack, ulong start, Predicate<ulong> isCode, Func<ulong, int> stackUse)
    {
        var found = new List<ulong>();
        for (var at = 0; at + (2 * Word) <= stack.Length; at += Word)
        {
            // The frames of the C library come first and have no chain, so the chain starts at the first frame that continues.
            if (Length(stack, start, at, isCode) >= MinChain)
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
        while (at >= 0 && length < MinChain && isCode(At(stack, at + Word)))
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
            AddFrameless(stack, at + (2 * Word), next, isCode, stackUse, found);
            at = next;
        }
    }

    // Between two frames of the chain, the newest return address gives the stack use, and so the next return address.
    private static void AddFrameless(ReadOnlySpan<byte> stack, int above, int next, Predicate<ulong> isCode, Func<ulong, int> stackUse, List<ulong> found)
    {
        while (found.Count < MaxFrames && stackUse(found[^1]) is var size and >= 0 && above + size + Word <= next && isCode(At(stack, above + size)))
        {
            found.Add(At(stack, above + size));
            above += size + Word;
        }
    }

    /// <summary>The offset of the caller's frame; -1 if there is none.</summary>
    private static int Next(ReadOnlySpan<byte> stack, ulong start, int at)
    {
        var next = At(stack, at);
        var offset = next - start;
        return next > start && offset >= (ulong)at + (2 * Word) && offset + (2 * Word) <= (ulong)stack.Length && next % Word == 0 ? (int)offset : -1;
    }

    private static ulong At(ReadOnlySpan<byte> stack, int at) => BinaryPrimitives.ReadUInt64LittleEndian(stack[at..]);
}
