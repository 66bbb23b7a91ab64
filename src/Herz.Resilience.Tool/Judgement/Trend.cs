namespace Herz.Resilience.Tool.Judgement;

/// <summary>The slope of batch means and whether it may be chance.</summary>
/// <param name="P">Probability of so much rise without a trend.</param>
/// <param name="Slope">Per second, with its 95 % interval.</param>
internal readonly record struct Trend(double P, TheilSen Slope)
{
    /// <summary>Tests and estimates.</summary>
    public static Trend Of(Sample[] blocks)
    {
        var test = MannKendall.Test(blocks.Select(b => b.Value).ToArray());
        return new Trend(test.PRising, TheilSen.Estimate(blocks, test.Deviation));
    }
}
