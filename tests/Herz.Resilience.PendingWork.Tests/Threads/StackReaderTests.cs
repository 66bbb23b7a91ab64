using System.Runtime.InteropServices;
using CsCheck;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class StackReaderTests
{
    private const ulong Start = 0x7000_0000;
    private const ulong Code = 0x1000;

    // Code that uses two words of the stack, without a frame pointer.
    private const ulong Frameless = Code + 50;

    [Fact]
    public void ReturnAddresses_ChainAfterNativeFrames_IsFollowedToItsEnd()
    {
        // Two words of the C library, then frames at words 2, 5 and 7. The last frame ends the chain.
        var stack = Stack(1, Code + 9, At(5), Code + 1, 0, At(7), Code + 2, 0, Code + 3);

        Assert.Equal([Code + 1, Code + 2, Code + 3], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_ShortChain_IsEmpty() => Assert.Empty(Read(Stack(At(2), Code + 1, 0, Code + 2)));

    [Fact]
    public void ReturnAddresses_MethodWithoutFrame_FindsItsCaller()
    {
        // Between two frames of the chain are two frameless calls with two words each.
        var stack = Stack(At(9), Frameless, 1, 2, Frameless, 3, 4, Code + 1, 0, At(12), Code + 2, 0, 0, Code + 3);

        Assert.Equal([Frameless, Frameless, Code + 1, Code + 2, Code + 3], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_FramelessCallerBeyondTheNextFrame_IsLeftOut()
    {
        var stack = Stack(At(3), Frameless, 1, At(6), Code + 1, 5, 0, Code + 2);

        Assert.Equal([Frameless, Code + 1, Code + 2], Read(stack));
    }

    [Fact]
    public void ReturnAddresses_AnyBytes_EndsWithoutThrowing() =>
        Gen.ULong[Start - 64, Start + 1200].Array[0, 128].Sample(words =>
            StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static _ => true, static address => (int)(address % 40) - 8).Count <= 512);

    private static ulong[] Stack(params ulong[] words) => words;

    private static ulong At(int word) => Start + ((ulong)word * sizeof(ulong));

    private static List<ulong> Read(ulong[] words) =>
        StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static a => a is > Code and < Code + 100, static a => a == Frameless ? 2 * sizeof(ulong) : -1);
}
