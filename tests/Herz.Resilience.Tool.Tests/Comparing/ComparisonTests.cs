using Herz.Resilience.Tool.Comparing;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Tests.Comparing;

public sealed class ComparisonTests
{
    private static RunReport Run(int seed, double latencyMs, double failing = 0, int seconds = 40, double? leakPerSecond = null)
    {
        var random = new Random(seed);
        var recorder = new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        for (var second = 0; second < seconds; second++)
        {
            // As on a real server, some seconds are slower for all requests.
            var slowness = 0.8 + (0.4 * random.NextDouble());
            for (var i = 0; i < 100; i++)
            {
                var start = (second * 1_000_000_000L) + (i * 5_000_000L);
                recorder.Offered(start, start);
                var latency = (long)(latencyMs * slowness * (0.5 + random.NextDouble()) * 1e6);
                recorder.Completed(new Completion(0, start, start + latency, random.NextDouble() < failing ? 500 : 200, Failure.None, null));
            }
        }

        recorder.Finish(seconds * 1_000_000_000L);
        var total = recorder.Total;
        return new RunReport
        {
            Target = "http://t/",
            Shape = "constant 100/s",
            Seconds = seconds,
            Requests = total.Requests,
            Ok = total.Ok.Count,
            Good = total.Good,
            GoodputPerSecond = total.Good / (double)seconds,
            Latency = LatencyFigures.Of(total.All),
            OkLatency = LatencyFigures.Of(total.Ok),
            ScheduleError = LatencyFigures.Of(recorder.ScheduleError),
            Timeline = recorder.Timeline.Slices,
            Histogram = total.All.ToCounts(),
            Soak = leakPerSecond is { } leak ? Soak(leak) : null,
        };
    }

    private static SoakReport Soak(double leak)
    {
        var samples = Enumerable.Range(0, 120).Select(i => new Sample(i * 5, 41 + (leak * i * 5) + (i % 3))).ToArray();
        var series = new SeriesReport
        {
            Name = "herz_pending",
            Points = [.. samples.Select(s => new[] { s.Seconds, s.Value, s.Seconds * 100 })],
            Judgement = Judge.Of(samples),
            Growth = PowerFit.Of([.. samples.Select(s => (s.Seconds * 100, s.Value))]),
            GrowthOver = "requests sent",
        };
        return new SoakReport { Metrics = "http://t/metrics", Series = [series] };
    }

    private static Difference Of(Comparison comparison, string name) => comparison.Differences.Single(d => d.Name == name);

    [Fact]
    public void Of_HalfTheLatency_IsBetterWithAnIntervalAroundTheTruth()
    {
        var comparison = Comparison.Of(Run(1, 20), Run(2, 10));
        var p99 = Of(comparison, "p99");

        Assert.Equal(Effect.Better, p99.Effect);
        Assert.InRange(0.5, p99.Low, p99.High);
        Assert.InRange(p99.High - p99.Low, 0.001, 0.2);
        Assert.False(comparison.IsWorse);
        Assert.StartsWith("B is better: ", comparison.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SameServerManyTimes_RarelyFindsADifference()
    {
        var found = Enumerable.Range(0, 20).Count(i => Comparison.Of(Run(100 + i, 20), Run(500 + i, 20)).Differences.Any(d => d.Effect != Effect.None));

        Assert.InRange(found, 0, 4);
    }

    [Fact]
    public void Of_MoreErrors_IsWorse()
    {
        var comparison = Comparison.Of(Run(1, 20), Run(2, 20, failing: 0.1));

        Assert.Equal(Effect.Worse, Of(comparison, "errors").Effect);
        Assert.Equal(Effect.Worse, Of(comparison, "goodput").Effect);
        Assert.True(comparison.IsWorse);
    }

    [Fact]
    public void Of_TooShortRuns_FindsNoDifference() =>
        Assert.All(Comparison.Of(Run(1, 20, seconds: 3), Run(2, 90, seconds: 3)).Differences, d => Assert.Equal(Effect.None, d.Effect));

    [Fact]
    public void Sentence_LeakFixed_IsBetterAndTheReverseIsWorse()
    {
        var (leaking, @fixed) = (Run(1, 20, leakPerSecond: 3), Run(2, 20, leakPerSecond: 0));

        var sentence = Comparison.Of(leaking, @fixed).Sentence;
        Assert.Contains("herz_pending in A: growing 10,800 per hour, peak 1828; in B: converged", sentence, StringComparison.Ordinal);
        Assert.StartsWith("B is better", sentence, StringComparison.Ordinal);
        Assert.True(Comparison.Of(@fixed, leaking).IsWorse);
    }

    [Fact]
    public void Page_OfTwoRuns_IsWellFormedAndSelfContained()
    {
        var page = ComparisonPage.Of(Comparison.Of(Run(1, 20, leakPerSecond: 3), Run(2, 20, leakPerSecond: 0)));

        Plotting.PageAssert.IsSelfContained(page, plots: 5);
        Assert.Contains("growth curves", page, StringComparison.Ordinal);
    }
}
