using Herz.Resilience.PendingWork.Capturing;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.PendingWork.Tests.Capturing;

public class CaptureRunTests
{
    private static readonly FakeTimeProvider s_time = new();

    [Fact]
    public void Capture_FirstMethodRefuses_UsesTheNextAndReportsWhy()
    {
        var profile = Run(new Way(CaptureWay.OwnWalk, CaptureAttempt.Refused("no DAC")), new Way(CaptureWay.ForkSnapshot, CaptureAttempt.Done([], ["a note"])));

        Assert.Equal(CaptureWay.ForkSnapshot, profile.Way);
        Assert.Equal(new CaptureRefusal(CaptureWay.OwnWalk, "no DAC"), Assert.Single(profile.Refusals));
        Assert.Equal("a note", Assert.Single(profile.Notes));
    }

    [Fact]
    public void Capture_TransientRefusal_IsRetried()
    {
        var way = new Way(CaptureWay.OwnWalk, CaptureAttempt.Disturbed("overlap"), CaptureAttempt.Disturbed("overlap"), CaptureAttempt.Done([], []));

        Assert.Equal(CaptureWay.OwnWalk, Run(way).Way);
        Assert.Equal(3, way.Calls);
    }

    [Fact]
    public void Capture_PermanentRefusal_IsNotRetried()
    {
        var way = new Way(CaptureWay.OwnWalk, CaptureAttempt.Refused("unknown runtime"));

        Assert.Equal(CaptureWay.None, Run(way).Way);
        Assert.Equal(1, way.Calls);
    }

    [Fact]
    public void Capture_SnapshotNotAllowed_ReportsIt()
    {
        var way = new Way(CaptureWay.ForkSnapshot, CaptureAttempt.Done([], []));

        var profile = new CaptureRun([way], s_time).Capture(new PendingWorkOptions { AllowSnapshot = false });

        Assert.Equal(0, way.Calls);
        Assert.Contains("AllowSnapshot", Assert.Single(profile.Refusals).Reason);
    }

    [Fact]
    public void Capture_MethodThatThrows_DoesNotThrow()
    {
        var profile = Run(new Way(CaptureWay.OwnWalk));

        Assert.Equal(CaptureWay.None, profile.Way);
        Assert.Contains("InvalidOperationException", Assert.Single(profile.Refusals).Reason);
    }

    [Fact]
    public async Task Gate_ConcurrentCallers_ShareOneCapture()
    {
        using var way = new BlockedWay();
        var gate = new CaptureGate(new CaptureRun([way], s_time));
        var options = new PendingWorkOptions();
        var first = Task.Run(() => gate.Capture(options), TestContext.Current.CancellationToken);
        Assert.True(way.Entered.Wait(TimeSpan.FromSeconds(30)));
        var joined = gate.Join(options);
        way.Go.Set();

        Assert.Same(await first, gate.Finish(joined));
        Assert.Equal(1, way.Calls);
    }

    [Fact]
    public async Task Gate_CaptureThatHangs_RefusesTheNextOne()
    {
        using var way = new BlockedWay();
        var gate = new CaptureGate(new CaptureRun([way], s_time));
        var hung = Task.Run(() => gate.Capture(new PendingWorkOptions()), TestContext.Current.CancellationToken);
        Assert.True(way.Entered.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        var next = gate.Capture(new PendingWorkOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal((CaptureWay.None, "None: gave up: another capture has not ended"), (next.Way, Assert.Single(next.Refusals).ToString()));
        way.Go.Set();
        Assert.Equal(CaptureWay.OwnWalk, (await hung).Way);
        Assert.Equal(CaptureWay.OwnWalk, gate.Capture(new PendingWorkOptions()).Way);
    }

    private static PendingWorkProfile Run(params ICaptureWay[] ways) => new CaptureRun(ways, s_time).Capture(new PendingWorkOptions());

    private sealed class Way(CaptureWay way, params CaptureAttempt[] attempts) : ICaptureWay
    {
        public int Calls { get; private set; }

        CaptureWay ICaptureWay.Way => way;

        public CaptureAttempt TryCapture(CaptureSession session) =>
            attempts.Length == 0 ? throw new InvalidOperationException("broken") : attempts[Math.Min(Calls++, attempts.Length - 1)];
    }

    private sealed class BlockedWay : ICaptureWay, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public int Calls { get; private set; }

        public CaptureWay Way => CaptureWay.OwnWalk;

        public CaptureAttempt TryCapture(CaptureSession session)
        {
            Calls++;
            Entered.Set();
            return Go.Wait(TimeSpan.FromSeconds(30)) ? CaptureAttempt.Done([], []) : CaptureAttempt.Refused("not released");
        }

        public void Dispose()
        {
            Entered.Dispose();
            Go.Dispose();
        }
    }
}
