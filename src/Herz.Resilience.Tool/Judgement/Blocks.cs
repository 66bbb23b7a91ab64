namespace Herz.Resilience.Tool.Judgement;

/// <summary>
/// Reduces a series to the means of consecutive samples (batch means, Conway 1963). Noise decreases, and values with short-term
/// correlation become nearly independent.
/// </summary>
internal static class Blocks
{
    /// <summary>At most <paramref name="max"/> means, each of about the same number of samples.</summary>
    public static Sample[] Of(IReadOnlyList<Sample> samples, int max)
    {
        var count = Math.Min(max, samples.Count);
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
