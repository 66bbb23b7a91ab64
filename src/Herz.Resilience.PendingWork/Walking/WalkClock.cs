using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>The clocks of a walk.</summary>
internal interface IWalkClock
{
    /// <summary>The time since some moment.</summary>
    TimeSpan Now { get; }

    /// <summary>The CPU time of the process.</summary>
    TimeSpan ProcessCpu { get; }

    /// <summary>The CPU time of the current thread.</summary>
    TimeSpan ThreadCpu { get; }

    void Wait(TimeSpan time);
}

/// <summary>The clocks of the system.</summary>
internal sealed class WalkClock(TimeProvider time) : IWalkClock
{
    public TimeSpan Now => time.GetElapsedTime(0);

    public TimeSpan ProcessCpu => Environment.CpuUsage.TotalTime;

    public unsafe TimeSpan ThreadCpu
    {
        get
        {
            var secondsAndNanoseconds = stackalloc long[2];
            return Libc.ClockTime(RuntimeFacts.ThreadCpuClock, secondsAndNanoseconds) == 0
                ? TimeSpan.FromSeconds(secondsAndNanoseconds[0]) + TimeSpan.FromMicroseconds(secondsAndNanoseconds[1] / 1e3)
                : Now;
        }
    }

    public void Wait(TimeSpan time)
    {
        using var wait = new ManualResetEventSlim(initialState: false, spinCount: 0);
        wait.Wait(time);
    }
}
