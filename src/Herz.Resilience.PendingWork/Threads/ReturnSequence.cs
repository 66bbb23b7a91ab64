namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Finds the stack use of a method without a frame pointer from the instructions after its call: a small forwarding method only
/// frees its stack space and returns. A pure function of x64 code (Intel SDM, volume 2); on arm64 every frame is on the chain.
/// </summary>
internal static class ReturnSequence
{
    /// <summary>The number of bytes to read after a return address.</summary>
    public const int MaxLength = 32;

    private const int Word = sizeof(ulong);

    /// <summary>The number of bytes between the frame of the called method and the return address of its caller; -1 if it is unknown.</summary>
    /// <param name="code">The code that starts at a return address.</param>
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
                case [0x8B, >= 0xC0 and not (>= 0xE0 and <= 0xE7), ..]: // mov between registers, except to rsp
                    code = code[2..];
                    break;
                case [0x48, 0x8B, >= 0xC0 and not (>= 0xE0 and <= 0xE7), ..]: // the same with 64 bits
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
                case [>= 0x58 and <= 0x5F and not (0x5C or 0x5D), ..]: // pop of any register except rsp and rbp, the frame pointer
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
