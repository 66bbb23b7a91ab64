using System.Diagnostics;
using System.Net.Sockets;
using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.Tests.LeakWatchdog.Signals;

public sealed class ResourceCounterTests
{
    private readonly ResourceCounter _counter = new();

    // Other tests open and close descriptors in the same process.
    private const int Many = 400;
    private const int AtLeast = 200;

    [Fact]
    public void Sockets_AreAlsoCountedAsDescriptors()
    {
        var before = _counter.Count();
        var sockets = Enumerable.Range(0, Many).Select(static _ => new Socket(SocketType.Dgram, ProtocolType.Udp)).ToList();

        var after = _counter.Count();

        Assert.True(after.Sockets - before.Sockets > AtLeast, $"{before} {after}");
        Assert.True(after.FileDescriptors - before.FileDescriptors > AtLeast, $"{before} {after}");
        sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public void Files_AreNotCountedAsSockets()
    {
        var before = _counter.Count();
        var files = Enumerable.Range(0, Many).Select(static _ => File.OpenHandle("/dev/null")).ToList();

        var after = _counter.Count();

        Assert.True(after.FileDescriptors - before.FileDescriptors > AtLeast, $"{before} {after}");
        Assert.True(after.Sockets - before.Sockets < AtLeast, $"{before} {after}");
        files.ForEach(static file => file.Dispose());
    }

    [Fact]
    public void Threads_MatchTheProcess()
    {
        using var process = Process.GetCurrentProcess();

        Assert.InRange(_counter.Count().Threads, process.Threads.Count - 20, process.Threads.Count + 20);
    }

    [Fact]
    public void CountDescriptors_OnASupportedKernel_MatchesTheFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(6, 2), "Older kernels do not report the number of descriptors.");

        Assert.InRange(ProcFolder.CountDescriptors(), 3, Directory.GetFileSystemEntries("/proc/self/fd").Length + AtLeast);
    }

    [Fact]
    public void Sockets_AfterClose_AreNoLongerCounted()
    {
        var sockets = Enumerable.Range(0, Many).Select(static _ => new Socket(SocketType.Dgram, ProtocolType.Udp)).ToList();
        var before = _counter.Count();

        sockets.ForEach(static socket => socket.Dispose());

        Assert.True(before.Sockets - _counter.Count().Sockets > AtLeast, before.ToString());
    }
}
