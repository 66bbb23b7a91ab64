using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Tests.Recording;

public sealed class RecorderTests
{
    private const long Ms = 1_000_000;

    private static void Send(Recorder recorder, long intended, long end, int status = 200, Failure failure = Failure.None, string? type = null, int template = 0)
    {
        recorder.Offered(intended, intended);
        recorder.Completed(new Completion(template, intended, end, status, failure, type));
    }

    [Fact]
    public void Completed_InTheWarmUp_IsNotRecorded()
    {
        var recorder = new Recorder(1, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Send(recorder, 999 * Ms, 1500 * Ms);
        Send(recorder, 1000 * Ms, 1010 * Ms);

        Assert.Equal(1, recorder.Total.Requests);
        Assert.Equal(10, recorder.Total.All.MaxMs, 0.001);
        Assert.Equal((1L, 0L), recorder.WarmUp);
    }

    [Fact]
    public void Completed_EachKind_IsCountedOnce()
    {
        var recorder = new Recorder(1, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Send(recorder, 0, 100 * Ms);
        Send(recorder, 0, 101 * Ms, 302);
        Send(recorder, 0, 5 * Ms, 429, type: "quota");
        Send(recorder, 0, 5 * Ms, 503);
        Send(recorder, 0, 5 * Ms, 503);
        Send(recorder, 0, 5 * Ms, 500);
        Send(recorder, 0, 900 * Ms, 0, Failure.TimedOut);
        var total = recorder.Total;

        Assert.Equal((7L, 2L, 1L, 3L), (total.Requests, total.Ok.Count, total.Good, total.Refused));
        Assert.Equal([(200, 1L), (302, 1L), (429, 1L), (500, 1L), (503, 2L)], total.Statuses);
        Assert.Equal([(Failure.TimedOut, 1L)], total.Failures);
        Assert.Equal(1, total.Refusals[(429, "quota")]);
        Assert.Equal(2, total.Refusals[(503, "no problem type")]);
    }

    [Fact]
    public void Completed_ManyProblemTypes_StayBounded()
    {
        var recorder = new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        for (var i = 0; i < 1000; i++)
        {
            Send(recorder, 0, Ms, 429, type: $"t{i}");
        }

        Assert.InRange(recorder.Total.Refusals.Count, 2, 65);
        Assert.Equal(1000, recorder.Total.Refusals.Values.Sum());
    }

    [Fact]
    public void Timeline_LongRun_KeepsTotalsInBoundedSlices()
    {
        var recorder = new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        for (var second = 0; second < 3601; second++)
        {
            Send(recorder, second * 1000 * Ms, (second * 1000 * Ms) + (3 * Ms));
        }

        recorder.Finish(3601 * 1000 * Ms);
        var slices = recorder.Timeline.Slices;

        Assert.InRange(slices.Count, 100, 240);
        Assert.Equal(3601, slices.Sum(s => s.Offered));
        Assert.Equal(3601, slices.Sum(s => s.Ok));
        Assert.Equal(3601, slices.Sum(s => s.Latencies.Sum(l => l.Count)));
        Assert.Equal(3601, slices.Sum(s => s.Seconds), 1e-6);
    }

    [Fact]
    public void Latest_AfterAFreeze_ShowsPendingRequests()
    {
        var recorder = new Recorder(1, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        recorder.Offered(0, 0);
        recorder.Offered(0, 0);
        recorder.Tick(1000 * Ms);

        Assert.Equal(2, recorder.Latest.Second.Pending);
        Assert.Equal(0, recorder.Latest.Second.Ok);
    }
}
