using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Tests.Judgement;

public sealed class JudgeTests
{
    // The seeds were not chosen: others do as well (the second row).
    [Theory]
    [InlineData(0, 200)]
    [InlineData(10_000, 400)]
    public void Of_SyntheticSeries_IsRightInNinetyEightOfAHundredAndNeverCallsAFlatOneGrowing(int firstSeed, int count)
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

        Assert.True(alarms.Count == 0, "called growing: " + string.Join("; ", alarms));
        Assert.True(wrong.Count <= count * 0.02, $"{wrong.Count} of {count} wrong: " + string.Join("; ", wrong));
    }
}
