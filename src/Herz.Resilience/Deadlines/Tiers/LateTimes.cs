namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>How long late answers took, in steps of a quarter above the tier.</summary>
internal sealed class LateTimes(TimeSpan tier)
{
    private const double Step = 1.25;
    private readonly int[] _counts = new int[32];

    public int Count { get; private set; }

    public void Add(TimeSpan took)
    {
        var index = (int)Math.Ceiling(Math.Log(took / tier, Step)) - 1;
        _counts[Math.Clamp(index, 0, _counts.Length - 1)]++;
        Count++;
    }

    /// <summary>The time that a share of them did not exceed, rounded up to a step.</summary>
    public TimeSpan Quantile(double share)
    {
        var wanted = (int)Math.Ceiling(share * Count);
        var index = 0;
        for (var seen = _counts[0]; seen < wanted; seen += _counts[index])
        {
            index++;
        }

        return tier * Math.Pow(Step, index + 1);
    }
}
