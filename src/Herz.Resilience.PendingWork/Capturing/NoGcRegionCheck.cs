using System.Runtime;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Stops a capture in a no-GC region: it would allocate a part of the memory that the app reserved for itself.</summary>
internal sealed class NoGcRegionCheck : IWalkCheck
{
    public static WalkStop InRegion { get; } = new("gave up: the app is in a no-GC region, whose memory a capture would use up", IsTransient: false);

    public WalkStop? Check() => GCSettings.LatencyMode == GCLatencyMode.NoGCRegion ? InRegion : null;
}
