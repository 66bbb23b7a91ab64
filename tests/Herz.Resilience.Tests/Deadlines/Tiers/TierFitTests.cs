using Herz.Resilience.Deadlines.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Deadlines.Tiers;

public sealed class TierFitTests
{
    private static readonly TimeSpan s_fast = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(801);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TierFit _fit;

    public TierFitTests() => _fit = new TierFit(TimeSpan.FromMilliseconds(800), _time);

    [Fact]
    public void Record_FastForTwoHours_FitsAfterThatTimeOnly()
    {
        StartUp();

        Assert.False(RunMinutes(119));
        Assert.True(RunMinutes(1));
        Assert.True(_fit.IsMeasured);
    }

    [Fact]
    public void Record_VeryOftenInOneMinute_CountsOnlySixty()
    {
        StartUp();
        for (var index = 0; index < 100_000; index++)
        {
            Answer(s_fast);
        }

        Assert.False(_fit.IsMeasured);
    }

    [Fact]
    public void Record_LateInTheFirstMinute_IsIgnored()
    {
        for (var index = 0; index < 1_000; index++)
        {
            Answer(TimeSpan.FromSeconds(1.5));
            _time.Advance(TimeSpan.FromMilliseconds(59));
        }

        _time.Advance(s_minute);

        Assert.True(RunMinutes(120));
    }

    [Fact]
    public void Record_LateOnce_RequiresARunThreeTimesAsLong()
    {
        StartUp();
        RunMinutes(100);
        Answer(s_late);

        Assert.Equal(3 * 6_000, _fit.RequiredNow);
        Assert.False(RunMinutes(299));
        Assert.True(RunMinutes(1));
    }

    [Fact]
    public void Record_SlowerThanHalfOfTheTier_NeverFits()
    {
        StartUp();

        Assert.False(RunMinutes(1_000, TimeSpan.FromMilliseconds(600)));
        Assert.Equal(TierFit.RequiredAnswers, _fit.RequiredNow);
    }

    [Fact]
    public void Record_LateAfterItFits_StillFits()
    {
        StartUp();
        RunMinutes(120);

        for (var index = 0; index < 1_000; index++)
        {
            Assert.Equal(FitChange.None, Answer(s_late));
        }

        Assert.True(_fit.IsMeasured);
    }

    [Fact]
    public void Record_UsuallyLate_IsReportedOnceWithTheUsualTime()
    {
        StartUp();
        var reports = new List<LateSummary>();
        for (var index = 0; index < 3_000; index++)
        {
            var duration = TimeSpan.FromMilliseconds(index % 4 == 0 ? 20 : index % 100 == 1 ? 4_900 : 1_400);
            if (_fit.Record(duration.Ticks, _time.GetTimestamp(), out var late) == FitChange.UsuallyLate)
            {
                reports.Add(late);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var summary = Assert.Single(reports);
        Assert.InRange(summary.Share, 0.70, 0.80);
        Assert.InRange(summary.Median.TotalMilliseconds, 1_400, 1_400 * 1.25);
        Assert.InRange(summary.Percentile99.TotalMilliseconds, 4_900, 4_900 * 1.25);
        Assert.False(_fit.IsMeasured);
    }

    [Fact]
    public void Record_RarelyLate_IsNotReported()
    {
        StartUp();
        for (var index = 0; index < 100_000; index++)
        {
            Assert.NotEqual(FitChange.UsuallyLate, Answer(index % 500 == 0 ? s_late : s_fast));
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }
    }

    [Fact]
    public async Task Record_FromManyThreads_ReportsMeasuredOnce()
    {
        StartUp();
        var measured = 0;
        for (var minute = 0; minute < 130; minute++)
        {
            var now = _time.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var index = 0; index < 60; index++)
                {
                    if (_fit.Record(s_fast.Ticks, now, out var _) == FitChange.Measured)
                    {
                        Interlocked.Increment(ref measured);
                    }
                }
            })));
            _time.Advance(s_minute);
        }

        Assert.Equal(1, measured);
    }

    private void StartUp()
    {
        Answer(s_fast);
        _time.Advance(s_minute);
    }

    private FitChange Answer(TimeSpan duration) => _fit.Record(duration.Ticks, _time.GetTimestamp(), out _);

    private bool RunMinutes(int minutes, TimeSpan? duration = null)
    {
        var measured = false;
        for (var index = 0; index < minutes * TierFit.MaxPerMinute; index++)
        {
            measured |= Answer(duration ?? s_fast) == FitChange.Measured;
            if (index % TierFit.MaxPerMinute == TierFit.MaxPerMinute - 1)
            {
                _time.Advance(s_minute);
            }
        }

        return measured;
    }
}
