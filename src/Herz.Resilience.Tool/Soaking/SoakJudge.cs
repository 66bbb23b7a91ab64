using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>Judges the samples of a soak, given its load.</summary>
internal static class SoakJudge
{
    /// <summary>The report of a soak.</summary>
    /// <param name="sampler">The samples, in seconds from the end of the warm-up.</param>
    /// <param name="settings">The load.</param>
    /// <param name="metrics">The endpoint.</param>
    /// <param name="sampleSeconds">Interval between two samples, in seconds.</param>
    /// <param name="tolerancePerHour">Growth per hour that is acceptable.</param>
    /// <param name="missing">Requested series that no scrape contained.</param>
    public static SoakReport Report(MetricsSampler sampler, LoadSettings settings, Uri metrics, double sampleSeconds, double tolerancePerHour, IReadOnlyList<string> missing)
    {
        var steadyFrom = settings.Shape.Seconds - settings.Shape.Pieces[^1].Seconds;
        var hasOneRate = settings.Shape.Pieces.Count == 1;
        return new SoakReport
        {
            Metrics = metrics.ToString(),
            SampleSeconds = sampleSeconds,
            Missed = sampler.Missed,
            Missing = missing,
            Series = [.. sampler.Series.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s =>
            {
                var samples = s.Value.Where(p => p.Seconds >= 0 && p.Seconds <= settings.Shape.Seconds).ToArray();
                // A series may follow a changing rate without leaking, so only the time at the last rate is judged.
                var steady = samples.Where(p => p.Seconds >= steadyFrom).ToArray();
                return new SeriesReport
                {
                    Name = s.Key,
                    IsRate = sampler.Counters.Contains(s.Key),
                    Points = [.. samples.Select(p => new[] { Math.Round(p.Seconds, 3), p.Value, Load(p.Seconds) })],
                    Judgement = Judge.Of(steady, tolerancePerHour) with { Peak = samples.Length == 0 ? 0 : samples.Max(p => p.Value) },
                    Growth = PowerFit.Of([.. samples.Select(p => (Load(p.Seconds), p.Value))]),
                    GrowthOver = hasOneRate ? "requests sent" : "requests per second",
                };
            })],
        };

        double Load(double seconds) => Math.Round(hasOneRate ? settings.Shape.RateAt(0) * seconds : settings.Shape.RateAt(seconds), 3);
    }
}
