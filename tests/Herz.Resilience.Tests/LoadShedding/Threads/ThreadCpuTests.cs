using System.Diagnostics;
using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.Tests.LoadShedding.Threads;

public sealed class ThreadCpuTests
{
    [Fact]
    public void Since_TellsComputingFromBlocking()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The CPU time of a thread is read on Linux.");
        using var never = new ManualResetEventSlim();
        ThreadCpu.Begin(1);
        var began = Stopwatch.GetTimestamp();
        var value = 1u;
        do
        {
            for (var round = 0; round < 10_000; round++)
            {
                value = (value * 1_664_525) + 1_013_904_223;
            }
        }
        while (ThreadCpu.Since(1) < 0.020);

        var computed = ThreadCpu.Since(1);
        Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds >= 0.019 && value != 0);
        never.Wait(TimeSpan.FromMilliseconds(200));
        Assert.InRange(ThreadCpu.Since(1) - computed, 0, 0.100);
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
}
