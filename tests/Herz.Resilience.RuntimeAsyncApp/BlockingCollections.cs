using Herz.Resilience.LeakWatchdog.Windows;

namespace Herz.Resilience.RuntimeAsyncApp;

/// <summary>Collects at once, so that the program does not wait for a background collection.</summary>
internal sealed class BlockingCollections : FullCollections
{
    public override bool CanRequest => true;

    public override void Request() => GC.Collect();
}
