using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

public sealed class JudgeTests
{
    // The seeds are not selected; the second row uses other seeds.
    [Theory]
    [InlineData(0, 200)]
    [InlineData(10_000, 400)]
    public void Of_SyntheticSeries_IsRightIn98PercentAndNeverCallsAStableSeriesGrowing(int firstSeed, int count)
    {
        var wrong = new List<string>();
        var alarms = new List<string>();
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var (kind, truth, samples) = SyntheticSeries.Make(seed);
            var judgement = Judge.Of(samples);
            if (judgement.Verdict != truth)
            {
                wrong.Add($"{kind} {seed}: {judgement.Words} ({judgement.Kind}, p {judgement.P:g2}, period {judgement.PeriodSeconds:0})");
            }

            if (truth == Verdict.Converged && judgement.Verdict == Verdict.Growing)
            {
                alarms.Add(wrong[^1]);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seeds from {firstSeed}: {count - wrong.Count} of {count} right, {alarms.Count} stable series called growing");
        Assert.True(alarms.Count == 0, "called growing: " + string.Join("; ", alarms));
        Assert.True(wrong.Count <= count * 0.02, $"{wrong.Count} of {count} wrong: " + string.Join("; ", wrong));
    }

    [Fact]
    public void Of_LateRiseTooSmallToMatter_IsConverged()
    {
        // A gauge near 9,060 that rises by 2 shortly before the end.
        var samples = Enumerable.Range(0, 36).Select(i => new Sample(5 * i, 9060 + (i > 33 ? 2 : 0))).ToArray();

        Assert.Equal(Verdict.Converged, Judge.Of(samples).Verdict);
    }

    [Fact]
    public void Of_FewSamples_StatesTheMissingTime()
    {
        var judgement = Judge.Of([.. Enumerable.Range(0, 8).Select(i => new Sample(30 * i, i))]);

        Assert.Equal(Verdict.Undecided, judgement.Verdict);
        Assert.Equal("undecided: needs 6 more minutes", judgement.Words);
    }

    [Theory]
    [InlineData(0, Verdict.Growing)]
    [InlineData(100, Verdict.Growing)]
    [InlineData(1000, Verdict.Converged)]
    public void Of_GrowthWithTolerance_IsGrowingOnlyAboveTheTolerance(double tolerance, object verdict)
    {
        // 0.1 per second is 360 per hour.
        var samples = Enumerable.Range(0, 60).Select(i => new Sample(5 * i, 10 + (0.5 * i) + (i % 3))).ToArray();

        Assert.Equal(verdict, (object)Judge.Of(samples, tolerance).Verdict);
    }
}
