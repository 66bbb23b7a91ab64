using CsCheck;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class ReturnSequenceTests
{
    [Theory]
    [InlineData("C3", 0)] // ret
    [InlineData("90 48 83 C4 08 C3", 8)] // nop; add rsp, 8; ret
    [InlineData("48 83 C4 18 5B 41 5E C3", 40)] // add rsp, 24; pop rbx; pop r14; ret
    [InlineData("59 C3 CC CC", 8)] // pop rcx; ret
    [InlineData("8B D0 48 8B C3 48 83 C4 10 5B C3", 24)] // mov edx, eax; mov rax, rbx; add rsp, 16; pop rbx; ret
    public void StackUse_MethodThatOnlyReturns_IsTheFreedSize(string code, int expected) => Assert.Equal(expected, Read(code));

    [Theory]
    [InlineData("48 83 C4 08 5D C3")] // pop rbp: the method has a frame
    [InlineData("5C C3")] // pop rsp
    [InlineData("48 8B E0 C3")] // mov rsp, rax
    [InlineData("8B 03 48 83 C4 08 C3")] // mov eax, [rbx]: not only a return
    [InlineData("48 83 C4 F8 C3")] // allocates stack instead of freeing it
    [InlineData("48 83 C4 08")] // incomplete code
    [InlineData("48 83")]
    [InlineData("41")]
    [InlineData("")]
    public void StackUse_OtherCode_IsUnknown(string code) => Assert.Equal(-1, Read(code));

    [Fact]
    public void StackUse_AnyBytes_EndsWithinTheirLength() =>
        Gen.Byte.Array[0, ReturnSequence.MaxLength].Sample(static code => ReturnSequence.StackUse(code) is >= -1 and < ReturnSequence.MaxLength * 128);

    private static int Read(string code) => ReturnSequence.StackUse(Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)));
}
