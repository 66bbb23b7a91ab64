using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Tests.Walking;

/// <summary>A walk of two seconds of work under a CPU limit, in a simulation of the clocks.</summary>
public class WalkPaceTests
{
    private static readonly TimeSpan s_work = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(0.5, 0.0)]
    [InlineData(0.5, 0.1)]
    [InlineData(0.5, 0.3)]
    [InlineData(1.0, 0.7)]
    [InlineData(2.0, 0.5)]
    public void Step_UnderALimit_LeavesHalfOfTheSpareToTheApp(double limit, double app)
    {
        var clock = Walk(limit, app);

        // The first period knows nothing about the app yet, so the average is a little lower.
        var share = s_work / clock.Now;
        Assert.InRange(share, Math.Min(1, (limit - app) / 2) * 0.8, Math.Min(1, (limit - app) / 2) * 1.05);
        Assert.InRange(clock.LargestInPeriod, 0, limit - app);
    }

    [Fact]
    public void Step_AppThatUsesItsLimit_GivesTheWalkATenth()
    {
        var clock = Walk(limit: 0.5, app: 0.5);

        Assert.Equal(0.05, s_work / clock.Now, 0.005);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8.0)]
    public void Step_WithoutALimitOrWithMuchSpare_NearlyNeverWaits(double? limit) =>
        Assert.InRange(Walk(limit, app: 1).Waited, TimeSpan.Zero, TimeSpan.FromMilliseconds(limit is null ? 0 : 30));

    private static Clock Walk(double? limit, double app)
    {
        var clock = new Clock(app);
        var pace = new WalkPace(limit, clock);
        while (clock.ThreadCpu < s_work)
        {
            clock.Work(TimeSpan.FromMicroseconds(100));
            pace.Step();
        }

        return clock;
    }

    /// <summary>The app uses its part of a processor evenly.</summary>
    private sealed class Clock(double app) : IWalkClock
    {
        private readonly Dictionary<long, double> _workByPeriod = [];

        public TimeSpan Now { get; private set; }

        public TimeSpan ThreadCpu { get; private set; }

        public TimeSpan ProcessCpu => ThreadCpu + (Now * app);

        public TimeSpan Waited { get; private set; }

        /// <summary>The largest part of a processor that the walk used in a period of 100 ms.</summary>
        public double LargestInPeriod => _workByPeriod.Values.Max() / 0.1;

        public void Work(TimeSpan time)
        {
            var period = (long)(Now.TotalSeconds / 0.1);
            _workByPeriod[period] = _workByPeriod.GetValueOrDefault(period) + time.TotalSeconds;
            Now += time;
            ThreadCpu += time;
        }

        public void Wait(TimeSpan time)
        {
            Now += time;
            Waited += time;
        }
    }
}
