namespace Herz.Resilience.Deadlines.Tiers;

/// <summary>A histogram of the durations of late answers. Each step is 25 % longer than the one before, starting at the tier.</summary>
internal sealed class LateTimes(TimeSpan tier)
{
    private const double Step = 1.25;
    private readonly int[] _counts = new int[32];

    public int Count { get; private set; }

    public void Add(TimeSpan duration)
    {
        var index = (int)Math.Ceiling(Math.Log(duration / tier, Step)) - 1;
        _counts[Math.Clamp(index, 0, _counts.Length - 1)]++;
        Count++;
    }

    /// <summary>The duration that the given share of answers did not exceed, rounded up to a step.</summary>
    public TimeSpan Quantile(double share)
    {
        var rank = (int)Math.Ceiling(share * Count);
        var index = 0;
        for (var seen = _counts[0]; seen < rank; seen += _counts[index])
        {
            index++;
        }

        return tier * Math.Pow(Step, index + 1);
    }
}
