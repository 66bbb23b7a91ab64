using CsCheck;
using Herz.Resilience.Tool.Requests;

namespace Herz.Resilience.Tool.Tests.Requests;

public sealed class WeightedChoiceTests
{
    [Fact]
    public void Next_AnyWeights_KeepsTheSharesAtAllTimes() =>
        Gen.Int[1, 20].Array[1, 6].Sample(weights =>
        {
            var choice = new WeightedChoice(weights.Select(w => (double)w));
            var counts = new int[weights.Length];
            for (var n = 1; n <= 500; n++)
            {
                counts[choice.Next()]++;
                for (var i = 0; i < weights.Length; i++)
                {
                    Assert.InRange(counts[i] - (n * weights[i] / (double)weights.Sum()), -weights.Length, weights.Length);
                }
            }
        }, iter: 100);

    [Fact]
    public void Constructor_WeightOfZero_IsRejected() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightedChoice([1, 0]));
}
