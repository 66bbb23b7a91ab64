using System.Buffers.Binary;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Finds the return addresses on a stack by the chain of frame pointers, which managed code and the runtime keep on Linux.
/// A pure function of the stack's bytes and of what is code.
/// </summary>
internal static class StackReader
{
    private const int Word = sizeof(ulong);
    private const int ShortestChain = 3;
    private const int MaxFrames = 256;
    private const int MaxGap = 32;

    /// <summary>The return addresses, the innermost first; empty where no chain is found.</summary>
    /// <param name="stack">The stack from its pointer on.</param>
    /// <param name="start">The address of its first byte.</param>
    /// <param name="isCode">Whether an address is code.</param>
    /// <param name="skipsFrame">Whether the method that an address returns to has no frame of its own, so that its caller is not part of the chain.</param>
    /// <param name="isReturn">Whether a word is a return address into managed code.</param>
    public static List<ulong> ReturnAddresses(ReadOnlySpan<byte> stack, ulong start, Predicate<ulong> isCode, Predicate<ulong> skipsFrame, Predicate<ulong> isReturn)
    {
        var found = new List<ulong>();
        for (var at = 0; at + (2 * Word) <= stack.Length; at += Word)
        {
            // The C library's frames come first and keep no chain: the first that leads on is where it begins.
            if (Length(stack, start, at, isCode) >= ShortestChain)
            {
                Follow(stack, start, at, isCode, skipsFrame, isReturn, found);
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

    private static void Follow(
        ReadOnlySpan<byte> stack, ulong start, int at, Predicate<ulong> isCode, Predicate<ulong> skipsFrame, Predicate<ulong> isReturn, List<ulong> found)
    {
        while (at >= 0 && found.Count < MaxFrames && isCode(At(stack, at + Word)))
        {
            var address = At(stack, at + Word);
            found.Add(address);
            var next = Next(stack, start, at);
            if (next >= 0 && skipsFrame(address))
            {
                AddSkipped(stack[(at + (2 * Word))..Math.Min(next, at + ((MaxGap + 2) * Word))], isReturn, found);
            }

            at = next;
        }
    }

    // The return address of a method without a frame lies between the frames around it.
    private static void AddSkipped(ReadOnlySpan<byte> gap, Predicate<ulong> isReturn, List<ulong> found)
    {
        for (var at = 0; at + Word <= gap.Length; at += Word)
        {
            if (isReturn(At(gap, at)))
            {
                found.Add(At(gap, at));
                return;
            }
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
