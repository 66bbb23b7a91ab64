using System.Runtime.InteropServices;
using CsCheck;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class StackReaderTests
{
    private const ulong Start = 0x7000_0000;
    private const ulong Code = 0x1000;

    // Code that takes two words of the stack, without a frame pointer.
    private const ulong Unframed = Code + 50;

    [Fact]
    public void ReturnAddresses_ChainBehindForeignFrames_IsFollowedToItsEnd()
    {
        // Two words of the C library, then frames at 2, 5 and 7; the last ends the chain.
        var stack = Stack(1, Code + 9, At(5), Code + 1, 0, At(7), Code + 2, 0, Code + 3);

        Assert.Equal([Code + 1, Code + 2, Code + 3], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_ShortChain_IsNone() => Assert.Empty(Read(Stack(At(2), Code + 1, 0, Code + 2)));

    [Fact]
    public void ReturnAddresses_MethodWithoutAFrame_ItsCallerIsFoundBehindWhatItHolds()
    {
        // The frame at 0 leads to 6; between them two unframed calls, each with two words of their own.
        var stack = Stack(At(9), Unframed, 1, 2, Unframed, 3, 4, Code + 1, 0, At(12), Code + 2, 0, 0, Code + 3);

        Assert.Equal([Unframed, Unframed, Code + 1, Code + 2, Code + 3], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_UnframedBeyondTheNextFrame_IsLeftOut()
    {
        var stack = Stack(At(3), Unframed, 1, At(6), Code + 1, 5, 0, Code + 2);

        Assert.Equal([Unframed, Code + 1, Code + 2], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_AnyBytes_EndsWithoutThrowing() =>
        Gen.ULong[Start - 64, Start + 1200].Array[0, 128].Sample(words =>
            StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static _ => true, static address => (int)(address % 40) - 8).Count <= 512);

    private static ulong[] Stack(params ulong[] words) => words;

    private static ulong At(int word) => Start + ((ulong)word * sizeof(ulong));

    private static List<ulong> Read(ulong[] words) =>
        StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static a => a is > Code and < Code + 100, static a => a == Unframed ? 2 * sizeof(ulong) : -1);
}
