using Herz.Resilience.PendingWork.Limits;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Stops a walk when the memory below the limit falls too far. Reads the limit every few milliseconds.</summary>
internal sealed class HeadroomCheck(MemoryHeadroom headroom, Func<long, string?> stop, TimeProvider time) : IWalkCheck
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    private long _last = time.GetTimestamp();

    public WalkStop? Check()
    {
        if (time.GetElapsedTime(_last) < s_interval)
        {
            return null;
        }

        _last = time.GetTimestamp();
        return stop(headroom.Read()) is { } reason ? new WalkStop(reason, IsTransient: false) : null;
    }
}
