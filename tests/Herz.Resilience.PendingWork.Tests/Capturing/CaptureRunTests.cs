using Herz.Resilience.PendingWork.Capturing;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.PendingWork.Tests.Capturing;

public class CaptureRunTests
{
    private static readonly FakeTimeProvider s_time = new();

    [Fact]
    public void Capture_FirstMethodRefuses_UsesTheNextAndReportsWhy()
    {
        var profile = Run(new Method(CaptureMethod.OwnWalk, CaptureAttempt.Refused("no DAC")), new Method(CaptureMethod.ForkSnapshot, CaptureAttempt.Done([], ["a note"])));

        Assert.Equal(CaptureMethod.ForkSnapshot, profile.Method);
        Assert.Equal(new CaptureRefusal(CaptureMethod.OwnWalk, "no DAC"), Assert.Single(profile.Refusals));
        Assert.Equal("a note", Assert.Single(profile.Notes));
    }

    [Fact]
    public void Capture_TransientRefusal_IsRetried()
    {
        var method = new Method(CaptureMethod.OwnWalk, CaptureAttempt.Disturbed("overlap"), CaptureAttempt.Disturbed("overlap"), CaptureAttempt.Done([], []));

        Assert.Equal(CaptureMethod.OwnWalk, Run(method).Method);
        Assert.Equal(3, method.Calls);
    }

    [Fact]
    public void Capture_PermanentRefusal_IsNotRetried()
    {
        var method = new Method(CaptureMethod.OwnWalk, CaptureAttempt.Refused("unknown runtime"));

        Assert.Equal(CaptureMethod.None, Run(method).Method);
        Assert.Equal(1, method.Calls);
    }

    [Fact]
    public void Capture_SnapshotNotAllowed_ReportsIt()
    {
        var method = new Method(CaptureMethod.ForkSnapshot, CaptureAttempt.Done([], []));

        var profile = new CaptureRun([method], s_time).Capture(new PendingWorkOptions { AllowSnapshot = false });

        Assert.Equal(0, method.Calls);
        Assert.Contains("AllowSnapshot", Assert.Single(profile.Refusals).Reason);
    }

    [Fact]
    public void Capture_MethodThatThrows_DoesNotThrow()
    {
        var profile = Run(new Method(CaptureMethod.OwnWalk));

        Assert.Equal(CaptureMethod.None, profile.Method);
        Assert.Contains("InvalidOperationException", Assert.Single(profile.Refusals).Reason);
    }

    [Fact]
    public async Task Gate_ConcurrentCallers_ShareOneCapture()
    {
        using var method = new BlockedMethod();
        var gate = new CaptureGate(new CaptureRun([method], s_time));
        var options = new PendingWorkOptions();
        var first = Task.Run(() => gate.Capture(options), TestContext.Current.CancellationToken);
        Assert.True(method.Entered.Wait(TimeSpan.FromSeconds(30)));
        var joined = gate.Join(options);
        method.Go.Set();

        Assert.Same(await first, gate.Finish(joined));
        Assert.Equal(1, method.Calls);
    }

    [Fact]
    public async Task Gate_CaptureThatHangs_RefusesTheNextOne()
    {
        using var method = new BlockedMethod();
        var gate = new CaptureGate(new CaptureRun([method], s_time));
        var hung = Task.Run(() => gate.Capture(new PendingWorkOptions()), TestContext.Current.CancellationToken);
        Assert.True(method.Entered.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        var next = gate.Capture(new PendingWorkOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal((CaptureMethod.None, "None: gave up: another capture has not ended"), (next.Method, Assert.Single(next.Refusals).ToString()));
        method.Go.Set();
        Assert.Equal(CaptureMethod.OwnWalk, (await hung).Method);
        Assert.Equal(CaptureMethod.OwnWalk, gate.Capture(new PendingWorkOptions()).Method);
    }

    private static PendingWorkProfile Run(params ICaptureMethod[] methods) => new CaptureRun(methods, s_time).Capture(new PendingWorkOptions());

    private sealed class Method(CaptureMethod method, params CaptureAttempt[] attempts) : ICaptureMethod
    {
        public int Calls { get; private set; }

        CaptureMethod ICaptureMethod.Method => method;

        public CaptureAttempt TryCapture(CaptureSession session) =>
            attempts.Length == 0 ? throw new InvalidOperationException("broken") : attempts[Math.Min(Calls++, attempts.Length - 1)];
    }

    private sealed class BlockedMethod : ICaptureMethod, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public int Calls { get; private set; }

        public CaptureMethod Method => CaptureMethod.OwnWalk;

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
