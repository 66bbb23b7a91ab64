namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// How a method without a frame pointer returns, read from the instructions behind its call: a small one that only passes a call on
/// gives back what it took of the stack and returns. A pure function of x64 code (Intel SDM, volume 2); on arm64 every frame is on the chain.
/// </summary>
internal static class ReturnSequence
{
    /// <summary>How many bytes behind a return address are worth reading.</summary>
    public const int Longest = 32;

    private const int Word = sizeof(ulong);

    /// <summary>The bytes between the frame of the method that was called and the return address of the one that called it; -1 where that is not known.</summary>
    /// <param name="code">The code from a return address on.</param>
    public static int StackUse(ReadOnlySpan<byte> code)
    {
        var bytes = 0;
        while (true)
        {
            switch (code)
            {
                case [0x90, ..]: // nop
                    code = code[1..];
                    break;
                case [0x8B, >= 0xC0 and not (>= 0xE0 and <= 0xE7), ..]: // mov of one register to another that is not rsp
                    code = code[2..];
                    break;
                case [0x48, 0x8B, >= 0xC0 and not (>= 0xE0 and <= 0xE7), ..]: // the same of 64 bits
                    code = code[3..];
                    break;
                case [0x48, 0x83, 0xC4, var size, ..] when size < 0x80: // add rsp, size
                    bytes += size;
                    code = code[4..];
                    break;
                case [0x41, >= 0x58 and <= 0x5F, ..]: // pop r8 to r15
                    bytes += Word;
                    code = code[2..];
                    break;
                case [>= 0x58 and <= 0x5F and not (0x5C or 0x5D), ..]: // pop of any but rsp, and rbp, which would be the frame pointer
                    bytes += Word;
                    code = code[1..];
                    break;
                case [0xC3, ..]: // ret
                    return bytes;
                default:
                    return -1;
            }
        }
    }
}
