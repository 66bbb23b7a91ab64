using System.Net;
using Herz.Resilience.RateLimiting.Keys;

namespace Herz.Resilience.Tests.RateLimiting.Keys;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", "11.0.0.1", 16_777_216)]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.8", 1)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.9", "::ffff:192.0.3.9", 256)]
    [InlineData("0.0.0.0/0", "8.8.8.8", "2001:db8::1", long.MaxValue)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1", long.MaxValue)]
    [InlineData("2001:db8::/60", "2001:db8:0:f::1", "2001:db8:0:10::1", 16)]
    [InlineData("2001:db8::5", "2001:db8::ffff:1", "2001:db8:0:1::5", 1)]
    [InlineData("::/0", "2001:db8::1", null, long.MaxValue)]
    public void Contains_DistinguishesInsideFromOutside(string text, string inside, string? outside, long partitions)
    {
        Assert.True(AddressRange.TryParse(text, out var range));

        Assert.True(range.Contains(AddressRange.NumberOf(IPAddress.Parse(inside))));
        Assert.False(outside is not null && range.Contains(AddressRange.NumberOf(IPAddress.Parse(outside))));
        Assert.Equal(partitions, range.Partitions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("7")]
    [InlineData("0x7f000001")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/")]
    [InlineData("2001:db8::/96")]
    [InlineData("2001:db8::1/32")]
    public void TryParse_OfOtherText_Fails(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void Contains_AllocatesNothing()
    {
        Assert.True(AddressRange.TryParse("10.0.0.0/8", out var range));
        var address = IPAddress.Parse("::ffff:10.1.2.3");

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var index = 0; index < 1000; index++)
            {
                Assert.True(range.Contains(AddressRange.NumberOf(address)));
            }
        }));
    }
}
