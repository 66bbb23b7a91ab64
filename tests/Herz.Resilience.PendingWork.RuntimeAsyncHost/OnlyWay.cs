using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.RuntimeAsyncHost;

/// <summary>Captures by one capture method only.</summary>
internal static class OnlyWay
{
    public static PendingWorkProfile Capture(CaptureWay wanted, PendingWorkOptions options)
    {
        var way = CaptureWays.ThisProcess().Single(way => way.Way == wanted);
        return new CaptureGate(new CaptureRun([way], TimeProvider.System)).Capture(options);
    }
}
