using System.Runtime.InteropServices;
using CsCheck;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class StackReaderTests
{
    private const ulong Start = 0x7000_0000;
    private const ulong Code = 0x1000;

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
    public void ReturnAddresses_AnyBytes_EndsWithoutThrowing() =>
        Gen.ULong[Start - 64, Start + 1200].Array[0, 128].Sample(words =>
            StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static _ => true).Count <= 512);

    private static ulong[] Stack(params ulong[] words) => words;

    private static ulong At(int word) => Start + ((ulong)word * sizeof(ulong));

    private static List<ulong> Read(ulong[] words) =>
        StackReader.ReturnAddresses(MemoryMarshal.AsBytes(words.AsSpan()), Start, static a => a is > Code and < Code + 100);
}
