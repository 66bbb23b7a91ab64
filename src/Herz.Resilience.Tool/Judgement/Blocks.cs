namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// Brings a long series down to few means of neighbours (batch means, Conway 1963): noise shrinks, and what is correlated over
/// a short time becomes nearly independent.
/// </summary>
internal static class Blocks
{
    /// <summary>At most <paramref name="most"/> means, each of about as many samples.</summary>
    public static Sample[] Of(IReadOnlyList<Sample> samples, int most)
    {
        var count = Math.Min(most, samples.Count);
        var blocks = new Sample[count];
        for (var b = 0; b < count; b++)
        {
            var from = (int)((long)b * samples.Count / count);
            var to = (int)((long)(b + 1) * samples.Count / count);
            double seconds = 0, value = 0;
            for (var i = from; i < to; i++)
            {
                seconds += samples[i].Seconds;
                value += samples[i].Value;
            }

            blocks[b] = new Sample(seconds / (to - from), value / (to - from));
        }

        return blocks;
    }
}
