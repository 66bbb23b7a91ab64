using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Thresholds;

namespace Herz.Resilience.Tool.Tests.Thresholds;

public sealed class ExpectationTests
{
    private static RunResult Run()
    {
        var recorder = new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        for (var i = 1; i <= 100; i++)
        {
            recorder.Offered(0, i * 10_000);
            recorder.Completed(new Completion(0, 0, i * 10_000_000L, i > 98 ? 500 : i > 90 ? 503 : 200, Failure.None, null));
        }

        var report = new RunReport
        {
            Target = "t",
            Shape = "s",
            Requests = 100,
            Ok = 90,
            Good = 80,
            Refused = 8,
            Failed = 2,
            RatePerSecond = 50,
            GoodputPerSecond = 40,
            Latency = new(),
            OkLatency = new(),
            ScheduleError = new(),
        };
        return new RunResult(report, recorder);
    }

    [Theory]
    [InlineData("p50<=501ms", true)]
    [InlineData("p50<500ms", false)]
    [InlineData("p99.5 > 0.99s", true)]
    [InlineData("p99.5>1s", false)]
    [InlineData("max<=1000ms", true)]
    [InlineData("mean<510ms", true)]
    [InlineData("ok.max<=900ms", true)]
    [InlineData("ok.p99<850ms", false)]
    [InlineData("schedule.p99<=1ms", true)]
    [InlineData("schedule.max<900us", false)]
    [InlineData("goodput>=40/s", true)]
    [InlineData("goodput>40/s", false)]
    [InlineData("rate>=50", true)]
    [InlineData("errors<=10%", true)]
    [InlineData("errors<10%", false)]
    [InlineData("errors<11", true)]
    [InlineData("refused<=8%", true)]
    [InlineData("failed<2%", false)]
    [InlineData("requests>=100", true)]
    public void Judge_Threshold_ComparesWithTheFigure(string text, bool kept) => Assert.Equal(kept, Expectation.Parse(text).Judge(Run()).Kept);

    [Theory]
    [InlineData("")]
    [InlineData("p95")]
    [InlineData("p95=1ms")]
    [InlineData("p195<1ms")]
    [InlineData("p95<1%")]
    [InlineData("errors<1ms")]
    [InlineData("goodput>1%")]
    [InlineData("speed<1ms")]
    [InlineData("p95<-1ms")]
    public void Parse_InvalidText_StatesTheCorrectForm(string text) =>
        Assert.Contains("'p95<800ms'", Assert.Throws<UsageException>(() => Expectation.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Judge_LatencyWithoutRequests_IsNotKept()
    {
        var empty = new RunResult(Run().Report, new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan));

        Assert.False(Expectation.Parse("p95<1s").Judge(empty).Kept);
    }
}
