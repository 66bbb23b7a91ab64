using System.Diagnostics;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class BlockedThreadsTests
{
    [Fact]
    public void Read_AfterTheDeadline_NotesIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are read through /proc.");
        using var memory = ProcessMemory.Open();
        List<string> notes = [];

        var operations = new BlockedThreads(new MethodsByAddress()).Read(memory, Stopwatch.GetTimestamp() - 1, notes);

        Assert.Empty(operations);
        Assert.Matches(@"^only 0 of \d+ threads were read: the capture reached its Timeout$", Assert.Single(notes));
    }

    [Fact]
    public void Read_BeforeTheDeadline_NotesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are read through /proc.");
        using var memory = ProcessMemory.Open();
        List<string> notes = [];

        new BlockedThreads(new MethodsByAddress()).Read(memory, long.MaxValue, notes);

        Assert.Empty(notes);
    }
}
