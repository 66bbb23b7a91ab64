using Herz.Resilience.PendingWork.EventPipe;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The capture methods for this process, the least intrusive first.</summary>
internal static class CaptureWays
{
    public static IReadOnlyList<ICaptureWay> ThisProcess()
    {
        var runtime = new Lazy<RuntimeAccess>(static () => new RuntimeAccess(), LazyThreadSafetyMode.PublicationOnly);
        return [new OwnWalk(runtime), new ForkSnapshot(runtime), new EventPipeSnapshot()];
    }
}
