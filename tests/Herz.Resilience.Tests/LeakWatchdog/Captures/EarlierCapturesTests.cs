using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

public sealed class EarlierCapturesTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly EarlierCaptures _earlier = new();

    [Fact]
    public void FirstCapture_HasNotGrown() => Assert.False(HasGrown(minute: 0, pending: 5000));

    [Fact]
    public void GrowingWork_HasGrown()
    {
        HasGrown(minute: 0, pending: 40);

        Assert.False(HasGrown(minute: 4, pending: 80));
        Assert.False(HasGrown(minute: 5, pending: 54));
        Assert.True(HasGrown(minute: 5, pending: 55));
        Assert.True(HasGrown(minute: 10, pending: 70));
    }

    [Fact]
    public void WorkOfSomeMinutes_HasNotGrownBeforeItCouldEnd()
    {
        HasGrown(minute: 0, pending: 40, firstSeen: -4);

        Assert.False(HasGrown(minute: 5, pending: 400, firstSeen: -4));
        Assert.True(HasGrown(minute: 6, pending: 400, firstSeen: -4));
    }

    [Fact]
    public void FullPool_HasNotGrown()
    {
        HasGrown(minute: 0, pending: 10);

        Assert.True(HasGrown(minute: 5, pending: 40));
        Assert.True(HasGrown(minute: 10, pending: 40));
        Assert.False(HasGrown(minute: 11, pending: 40));
    }

    [Fact]
    public void GrowingLongWorkWhoseOldestEnds_HasNotGrown()
    {
        for (var minute = 0; minute < 30; minute++)
        {
            Assert.False(HasGrown(minute, pending: 20 * minute, firstSeen: minute - 15));
        }
    }

    [Fact]
    public void LongWorkThatNoLongerEnds_HasGrown()
    {
        HasGrown(minute: 0, pending: 50, firstSeen: -15);
        HasGrown(minute: 1, pending: 50, firstSeen: -14);

        Assert.True(HasGrown(minute: 6, pending: 65, firstSeen: -14));
    }

    [Fact]
    public void MoreJobsOfSomeMinutes_NextToALastingOne_HaveNotGrown()
    {
        for (var minute = 0; minute < 60; minute++)
        {
            // Each job lasts for 15 minutes; from minute 20 on there are four times as many.
            var jobs = new SortedDictionary<long, int> { [-20] = 1 };
            for (var start = minute - 15; start < minute; start++)
            {
                jobs[start] = start < 20 ? 6 : 24;
            }

            Assert.False(HasGrown(minute, jobs));
        }
    }

    [Fact]
    public void LeakAmongWorkThatEnds_HasGrownWhenItIsTheMajority()
    {
        var hasGrown = false;
        for (var minute = 0; minute < 60; minute += 2)
        {
            // One of ten never ends; the others take two minutes.
            var jobs = new SortedDictionary<long, int>();
            for (var start = -4; start < minute; start++)
            {
                jobs[start] = start < minute - 2 ? 3 : 30;
            }

            hasGrown |= HasGrown(minute, jobs);
        }

        Assert.True(hasGrown);
    }

    [Fact]
    public void RetainOnly_WithoutSuspectedOrigins_RemovesTheirCaptures()
    {
        HasGrown(minute: 0, pending: 40);
        _earlier.RetainOnly([], ["hosted services"]);
        Assert.Equal(1, _earlier.Count);

        _earlier.RetainOnly(["timers"], []);

        Assert.Equal(0, _earlier.Count);
        Assert.False(HasGrown(minute: 6, pending: 4000));
    }

    // All work is of one window, so that none of it ends.
    private bool HasGrown(int minute, int pending, int firstSeen = -20) => HasGrown(minute, new SortedDictionary<long, int> { [0] = pending }, firstSeen);

    private bool HasGrown(int minute, SortedDictionary<long, int> byWindow) => HasGrown(minute, byWindow, (int)byWindow.Keys.First());

    private bool HasGrown(int minute, SortedDictionary<long, int> byWindow, int firstSeen) => _earlier.HasGrown(
        new Culprit(
            new Leak { Origin = "hosted services", Method = "Pump.ReadAsync", Awaits = "Channel", Pending = byWindow.Values.Sum(), FirstSeen = s_start.AddMinutes(firstSeen) },
            byWindow),
        s_start.AddMinutes(minute),
        TimeSpan.FromMinutes(1));
}
