using Herz.Resilience.PendingWork.EventPipe;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The capture methods for this process, the least intrusive first.</summary>
internal static class CaptureMethods
{
    public static IReadOnlyList<ICaptureMethod> ThisProcess()
    {
        var runtime = new Lazy<RuntimeAccess>(static () => new RuntimeAccess(), LazyThreadSafetyMode.PublicationOnly);
        return [new OwnWalk(runtime), new ForkSnapshot(runtime), new EventPipeSnapshot()];
    }
}
