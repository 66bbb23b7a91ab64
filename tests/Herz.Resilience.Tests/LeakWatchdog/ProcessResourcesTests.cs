using System.Net.Sockets;
using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.Tests.LeakWatchdog;

public sealed class ProcessResourcesTests
{
    // Other tests of the process open and close some meanwhile.
    private const int Many = 400;
    private const int AtLeast = 200;

    [Fact]
    public void Sockets_AreCountedAsDescriptorsToo()
    {
        var before = ProcessResources.Count();
        var sockets = Enumerable.Range(0, Many).Select(static _ => new Socket(SocketType.Dgram, ProtocolType.Udp)).ToList();

        var after = ProcessResources.Count();

        Assert.True(after.Sockets - before.Sockets > AtLeast, $"{before} {after}");
        Assert.True(after.FileDescriptors - before.FileDescriptors > AtLeast, $"{before} {after}");
        sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public void Files_AreNoSockets()
    {
        var before = ProcessResources.Count();
        var files = Enumerable.Range(0, Many).Select(static _ => File.OpenHandle("/dev/null")).ToList();

        var after = ProcessResources.Count();

        Assert.True(after.FileDescriptors - before.FileDescriptors > AtLeast, $"{before} {after}");
        Assert.True(after.Sockets - before.Sockets < AtLeast, $"{before} {after}");
        files.ForEach(static file => file.Dispose());
    }

    [Fact]
    public void Threads_AreCounted() => Assert.True(ProcessResources.Count().Threads >= 2);
}
