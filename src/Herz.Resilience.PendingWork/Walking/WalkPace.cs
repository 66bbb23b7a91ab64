namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// Slows a walk down under a CPU limit. A process that uses up its limit is stopped until the next period of 100 ms (cpu.max, cgroups(7)),
/// and its requests with it. So the walk takes half of what the app leaves, in slices of a millisecond. Without a limit it does nothing.
/// </summary>
/// <param name="limit">The CPU limit in processors; null if there is none.</param>
/// <param name="clock">The clocks.</param>
internal sealed class WalkPace(double? limit, IWalkClock clock)
{
    /// <summary>The walk gets at least this share of the limit, or it would never end in a busy app.</summary>
    public const double MinShareOfLimit = 0.1;

    private const double ShareOfSpare = 0.5;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    private TimeSpan _sliceStart = limit is null ? default : clock.ThreadCpu;
    private (TimeSpan Time, TimeSpan Process, TimeSpan Thread) _period = limit is null ? default : (clock.Now, clock.ProcessCpu, clock.ThreadCpu);

    /// <summary>The part of a processor that the walk uses now; 1 without a limit.</summary>
    public double Share { get; private set; } = limit is { } cores ? Math.Min(1, cores * MinShareOfLimit) : 1;

    /// <summary>Waits if the slice is over.</summary>
    public void Step()
    {
        if (limit is not { } cores)
        {
            return;
        }

        var worked = clock.ThreadCpu - _sliceStart;
        if (worked < s_slice)
        {
            return;
        }

        clock.Wait(worked * ((1 / Share) - 1));
        _sliceStart = clock.ThreadCpu;
        if (clock.Now - _period.Time >= s_period)
        {
            Adapt(cores);
        }
    }

    private void Adapt(double cores)
    {
        var now = (Time: clock.Now, Process: clock.ProcessCpu, Thread: clock.ThreadCpu);
        var others = (now.Process - _period.Process - (now.Thread - _period.Thread)) / (now.Time - _period.Time);
        Share = Math.Clamp((cores - others) * ShareOfSpare, Math.Min(1, cores * MinShareOfLimit), 1);
        _period = now;
    }
}
