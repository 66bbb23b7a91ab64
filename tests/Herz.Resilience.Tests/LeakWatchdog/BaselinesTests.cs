using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;

namespace Herz.Resilience.Tests.LeakWatchdog;

public sealed class BaselinesTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Baselines _baselines = new();

    [Fact]
    public void FirstCapture_TellsNothing() => Assert.False(HasGrown(minute: 0, pending: 5000));

    [Fact]
    public void MoreAndMore_HasGrown()
    {
        HasGrown(minute: 0, pending: 40);

        Assert.False(HasGrown(minute: 1, pending: 49));
        Assert.True(HasGrown(minute: 1, pending: 50));
        Assert.True(HasGrown(minute: 10, pending: 70));
    }

    [Fact]
    public void WorkOfSomeMinutes_HasNotGrownBeforeItCouldEnd()
    {
        HasGrown(minute: 0, pending: 40, firstSeen: -5);

        Assert.False(HasGrown(minute: 4, pending: 400, firstSeen: -5));
        Assert.True(HasGrown(minute: 5, pending: 400, firstSeen: -5));
    }

    [Fact]
    public void PoolThatHasFilled_GrowsNoMore()
    {
        HasGrown(minute: 0, pending: 10);

        Assert.True(HasGrown(minute: 5, pending: 40));
        Assert.True(HasGrown(minute: 10, pending: 40));
        Assert.False(HasGrown(minute: 11, pending: 40));
    }

    [Fact]
    public void LongWorkOfWhichTheOldestEnds_HasNotGrown_HoweverMuchThereIs()
    {
        for (var minute = 0; minute < 30; minute++)
        {
            Assert.False(HasGrown(minute, pending: 20 * minute, firstSeen: minute - 15));
        }
    }

    [Fact]
    public void LongWorkThatEndsNoMore_HasGrown()
    {
        HasGrown(minute: 0, pending: 50, firstSeen: -15);
        HasGrown(minute: 1, pending: 50, firstSeen: -14);

        Assert.True(HasGrown(minute: 3, pending: 65, firstSeen: -14));
    }

    [Fact]
    public void Keep_WithoutSuspectedOrigins_ForgetsThem()
    {
        HasGrown(minute: 0, pending: 40);
        _baselines.Keep([], ["hosted services"]);
        Assert.Equal(1, _baselines.Count);

        _baselines.Keep(["timers"], []);

        Assert.Equal(0, _baselines.Count);
        Assert.False(HasGrown(minute: 1, pending: 4000));
    }

    private bool HasGrown(int minute, long pending, int firstSeen = -20) => _baselines.HasGrown(
        new Leak { Origin = "hosted services", Method = "Pump.ReadAsync", Awaits = "Channel", Pending = pending, FirstSeen = s_start.AddMinutes(firstSeen) },
        s_start.AddMinutes(minute),
        TimeSpan.FromMinutes(1));
}
