using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Windows;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

public sealed class CaptureScheduleTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly CaptureBudget _budget;
    private readonly CaptureSchedule _schedule;

    public CaptureScheduleTests()
    {
        _budget = new CaptureBudget(_time);
        _schedule = new CaptureSchedule(new Settings<LeakWatchdogOptions>(new(), EnforcementMode.Enforce), _budget, _time);
    }

    [Fact]
    public void IsDue_FirstSuspicion_IsTrue() => Assert.True(_schedule.IsDue(["a"]));

    [Fact]
    public void Captured_WithoutNews_DoublesTheWaitUpToSixteenWindows()
    {
        Capture(isNews: true, "a");
        Assert.Equal(1, MinutesUntilDue("a"));
        Capture(isNews: false, "a");
        Assert.Equal(2, MinutesUntilDue("a"));
        Capture(isNews: false, "a");
        Assert.Equal(4, MinutesUntilDue("a"));
        for (var i = 0; i < 10; i++)
        {
            Capture(isNews: false, "a");
        }

        Assert.Equal(16, MinutesUntilDue("a"));
        Capture(isNews: true, "a");
        Assert.Equal(1, MinutesUntilDue("a"));
    }

    [Fact]
    public void IsDue_NewSuspicion_WaitsOnlyHalfAWindow()
    {
        Capture(isNews: false, "a");
        Capture(isNews: false, "a");
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.False(_schedule.IsDue(["a"]));
        Assert.True(_schedule.IsDue(["a", "b"]));
    }

    [Fact]
    public void IsDue_NewSuspicionInEachCheck_IsTrueAtMostTwicePerWindow()
    {
        var captures = 0;
        for (var check = 0; check < 40; check++)
        {
            if (_schedule.IsDue([$"endpoint {check}"]))
            {
                captures++;
                _schedule.Captured(TimeSpan.FromMilliseconds(100), isNews: true);
            }

            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(20, captures);
    }

    [Fact]
    public void Captured_LongCaptures_TakeTwoPercentOfTheTime()
    {
        Assert.True(_schedule.IsDue(["a"]));
        _schedule.Captured(TimeSpan.FromSeconds(11), isNews: true);

        // Five seconds were saved up before.
        AssertDueAfter(seconds: 300);
        _schedule.Captured(TimeSpan.FromSeconds(6), isNews: true);

        AssertDueAfter(seconds: 300);
    }

    [Fact]
    public void IsDue_AfterARequestedCollection_CountsItsTime()
    {
        Assert.True(_schedule.IsDue(["a"]));
        _budget.Spend(TimeSpan.FromSeconds(11));

        AssertDueAfter(seconds: 300);
    }

    [Fact]
    public void CanRequest_WhenTheBudgetIsSpent_IsFalseUntilItIsPaidOff()
    {
        var collections = new FullCollections(_budget);
        _budget.Spend(TimeSpan.FromSeconds(6));

        Assert.False(collections.CanRequest);

        _time.Advance(TimeSpan.FromSeconds(51));
        Assert.True(collections.CanRequest);
    }

    private void AssertDueAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.False(_schedule.IsDue(["a"]));
        Assert.False(_schedule.IsDue([$"new {_time.GetTimestamp()}"]));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_schedule.IsDue(["a"]));
    }

    private void Capture(bool isNews, params string[] suspects)
    {
        while (!_schedule.IsDue(suspects))
        {
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        _schedule.Captured(TimeSpan.FromMilliseconds(100), isNews);
    }

    private int MinutesUntilDue(params string[] suspects)
    {
        for (var minutes = 0; ; minutes++)
        {
            if (_schedule.IsDue(suspects))
            {
                return minutes;
            }

            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
