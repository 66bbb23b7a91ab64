using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Pipeline;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

/// <summary>What runs under a name is <c>herz.background.started</c> less <c>herz.background.ended</c>.</summary>
public sealed class WorkMetricsTests : IAsyncDisposable
{
    private readonly WorkHost _host = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Instrument, string Name), long> _counts = new();

    public WorkMetricsTests()
    {
        var own = _host.Services.GetRequiredService<HerzMeter>().Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == own)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var (tag, name) in tags)
            {
                if (tag == "name")
                {
                    _counts.AddOrUpdate((instrument.Name, (string)name!), value, (_, sum) => sum + value);
                }
            }
        });
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Run_OfAnyOutcome_CountsItsStartAndItsEnd()
    {
        await OutcomeAsync(_host.Work.Run("mail", _ => Task.CompletedTask));
        await OutcomeAsync(_host.Work.Run("mail", _ => throw new InvalidOperationException()));
        var started = Signal();
        var cancelled = _host.Work.Run("mail", WaitFor(started));
        await started.Task.WaitAsync(WaitLimit);
        Assert.Equal((3, 2), Runs("mail"));
        cancelled.Cancel();
        await OutcomeAsync(cancelled);

        var loopStarted = Signal();
        var loop = _host.Work.RunDedicated("pump", token =>
        {
            loopStarted.SetResult();
            token.WaitHandle.WaitOne();
        });
        await loopStarted.Task.WaitAsync(WaitLimit);
        Assert.Equal((1, 0), Runs("pump"));
        loop.Cancel();
        await OutcomeAsync(loop);

        Assert.Equal((3, 3), Runs("mail"));
        Assert.Equal((1, 1), Runs("pump"));
    }

    [Fact]
    public async Task Run_ThatIsAbandoned_CountsItsEndOnlyWhenItEnds()
    {
        var (started, end) = (Signal(), Signal());
        var item = _host.Work.Run("mail", Until(started, end.Task));
        await started.Task.WaitAsync(WaitLimit);
        item.Cancel();
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(WorkOutcome.Abandoned, await OutcomeAsync(item));
        Assert.Equal((1, 0), Runs("mail"));

        end.SetResult();
        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);

        Assert.Equal((1, 1), Runs("mail"));
        Assert.Equal(1, _counts[("herz.background.work", "mail")]);
    }

    [Fact]
    public async Task Cancel_OfWaitingWork_CountsAnOutcomeAndNoRun()
    {
        var end = await _host.FillAsync();
        _host.Work.Run("mail", _ => Task.CompletedTask).Cancel();

        Assert.Equal((0, 0), Runs("mail"));
        Assert.Equal(1, _counts[("herz.background.work", "mail")]);
        end.SetResult();
    }

    private (long Started, long Ended) Runs(string name) =>
        (_counts.GetValueOrDefault(("herz.background.started", name)), _counts.GetValueOrDefault(("herz.background.ended", name)));
}
