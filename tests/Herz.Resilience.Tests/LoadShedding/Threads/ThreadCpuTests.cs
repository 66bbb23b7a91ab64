using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.Tests.LoadShedding.Threads;

public sealed class ThreadCpuTests
{
    [Fact]
    public void Since_WhileTheThreadBlocks_CountsNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The CPU time of a thread is read on Linux.");
        ThreadCpu.Begin(1);
        Compute(1, seconds: 0.020);
        var computed = ThreadCpu.Since(1);

        // Blocked for as long as another thread computes.
        var other = new Thread(static () =>
        {
            ThreadCpu.Begin(2);
            Compute(2, seconds: 0.100);
        });
        other.Start();
        other.Join();

        Assert.InRange(ThreadCpu.Since(1) - computed, 0, 0.050);
    }

    [Fact]
    public void Since_OfAnotherRequestOrThread_IsUnknown()
    {
        ThreadCpu.Begin(1);

        Assert.True(double.IsNaN(ThreadCpu.Since(2)));
        var other = 0.0;
        var thread = new Thread(() => other = ThreadCpu.Since(1));
        thread.Start();
        thread.Join();
        Assert.True(double.IsNaN(other));
    }

    private static void Compute(long request, double seconds)
    {
        var value = 1u;
        while (ThreadCpu.Since(request) < seconds)
        {
            for (var round = 0; round < 10_000; round++)
            {
                value = (value * 1_664_525) + 1_013_904_223;
            }
        }

        Assert.NotEqual(0u, value);
    }
}
