using Herz.Resilience.Deadlines;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines;

public sealed class LogThrottleTests
{
    [Fact]
    public void TryPass_ManyTimesInOneMinute_PassesOneAndCountsTheOthers()
    {
        var time = new FakeTimeProvider();
        var throttle = new LogThrottle(time);

        Assert.True(throttle.TryPass(time.GetTimestamp(), out var suppressed));
        Assert.Equal(0, suppressed);
        for (var index = 0; index < 5; index++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.False(throttle.TryPass(time.GetTimestamp(), out _));
        }

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(throttle.TryPass(time.GetTimestamp(), out suppressed));
        Assert.Equal(5, suppressed);
    }
}
