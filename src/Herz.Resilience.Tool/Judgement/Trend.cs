namespace Herz.Resilience.Tool.Judgement;

/// <summary>The slope of batch means and its significance.</summary>
/// <param name="P">Probability of this rise if there is no trend.</param>
/// <param name="Slope">Slope per second, with its 95 % interval.</param>
internal readonly record struct Trend(double P, TheilSen Slope)
{
    /// <summary>Tests the trend and estimates its slope.</summary>
    public static Trend Of(Sample[] blocks)
    {
        var test = MannKendall.Test(blocks.Select(b => b.Value).ToArray());
        return new Trend(test.PRising, TheilSen.Estimate(blocks, test.Deviation));
    }
}
