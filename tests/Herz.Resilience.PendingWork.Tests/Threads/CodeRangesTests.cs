using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class CodeRangesTests
{
    private static readonly CodeRanges s_ranges = new(["1000-2000 r-xp 00000000 00:00 1 /lib/a.so", "2000-3000 rw-p 00000000 00:00 0", "f000-10000 r-xp 00000000 00:00 0"]);

    [Theory]
    [InlineData(0xfff, false)]
    [InlineData(0x1000, true)]
    [InlineData(0x1fff, true)]
    [InlineData(0x2000, false)]
    [InlineData(0xf000, true)]
    [InlineData(0x10000, false)]
    public void IsCode_Address_IsTrueOnlyInExecutableMappings(ulong address, bool expected) => Assert.Equal(expected, s_ranges.IsCode(address));

    [Fact]
    public void EndOf_Address_IsTheEndOfItsMapping() => Assert.Equal((0x3000ul, 0x5000ul), (s_ranges.EndOf(0x2abc), s_ranges.EndOf(0x5000)));
}
