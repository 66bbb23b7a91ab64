using Herz.Resilience.PendingWork.EventPipe;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The ways to read this process, the gentlest first.</summary>
internal static class CaptureWays
{
    public static IReadOnlyList<ICaptureWay> ThisProcess()
    {
        var runtime = new Lazy<RuntimeAccess>(static () => new RuntimeAccess(), LazyThreadSafetyMode.PublicationOnly);
        return [new OwnWalk(runtime), new ForkSnapshot(runtime), new EventPipeSnapshot()];
    }
}
