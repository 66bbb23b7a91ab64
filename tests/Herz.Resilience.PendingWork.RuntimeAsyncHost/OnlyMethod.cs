using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.RuntimeAsyncHost;

/// <summary>Captures by one capture method only.</summary>
internal static class OnlyMethod
{
    public static PendingWorkProfile Capture(CaptureMethod wanted, PendingWorkOptions options)
    {
        var method = CaptureMethods.ThisProcess().Single(method => method.Method == wanted);
        return new CaptureGate(new CaptureRun([method], TimeProvider.System)).Capture(options);
    }
}
