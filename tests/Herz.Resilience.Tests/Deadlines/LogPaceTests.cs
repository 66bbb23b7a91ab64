using Herz.Resilience.Deadlines;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines;

public sealed class LogPaceTests
{
    [Fact]
    public void TryPass_ManyTimesInAMinute_PassesOneAndCountsTheOthers()
    {
        var time = new FakeTimeProvider();
        var pace = new LogPace(time);

        Assert.True(pace.TryPass(time.GetTimestamp(), out var heldBack));
        Assert.Equal(0, heldBack);
        for (var index = 0; index < 5; index++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.False(pace.TryPass(time.GetTimestamp(), out _));
        }

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(pace.TryPass(time.GetTimestamp(), out heldBack));
        Assert.Equal(5, heldBack);
    }
}
