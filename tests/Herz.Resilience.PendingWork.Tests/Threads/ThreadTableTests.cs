using System.Globalization;
using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public sealed class ThreadTableTests : IDisposable
{
    private const int Id = 7;
    private const string Waiting = "202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd10 0x401000\n";

    private readonly DirectoryInfo _tasks = Directory.CreateTempSubdirectory("herz-threads-");

    public void Dispose() => _tasks.Delete(recursive: true);

    [Theory]
    [InlineData("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd10 0x401000", "5 5 9", true)]
    [InlineData("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd10 0x401000", "5 5 10", false)] // came back to where it stood
    [InlineData("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd18 0x401000", "5 5 9", false)]
    [InlineData("running", "5 5 9", false)]
    public void IsUnmoved_SecondLook_OnlyIfItNeitherMovedNorRan(string call, string runs, bool expected)
    {
        Write(("syscall", Waiting), ("schedstat", "5 5 9\n"));
        var thread = Assert.NotNull(ThreadTable.Look(Id, _tasks.FullName));

        Write(("syscall", call + "\n"), ("schedstat", runs + "\n"));

        Assert.Equal(new WaitingThread(Id, 0x7ffd10, 9), thread);
        Assert.Equal(expected, ThreadTable.IsUnmoved(thread, _tasks.FullName));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 0 0\n")]
    public void IsUnmoved_WithoutSchedulerStatistics_GoesByTheSwitches(string? schedstat)
    {
        Write(("syscall", Waiting), ("status", Status(3, 4)), ("schedstat", schedstat));
        var thread = Assert.NotNull(ThreadTable.Look(Id, _tasks.FullName));

        Assert.True(ThreadTable.IsUnmoved(thread, _tasks.FullName));
        Write(("status", Status(4, 4)));
        Assert.False(ThreadTable.IsUnmoved(thread, _tasks.FullName));
        Write(("status", Status(3, 5)));
        Assert.False(ThreadTable.IsUnmoved(thread, _tasks.FullName));
    }

    [Fact]
    public void Look_ThreadOfWhichNoRunsAreTold_IsNotTrusted()
    {
        Write(("syscall", Waiting));

        Assert.Null(ThreadTable.Look(Id, _tasks.FullName));
    }

    [Fact]
    public void IsUnmoved_RealThreadThatCameBackToItsWait_IsFalseEachTime()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are read through /proc.");
        using var go = new AutoResetEvent(false);
        using var ran = new AutoResetEvent(false);
        var isOver = false;
        var id = 0;
        var thread = new Thread(() =>
        {
            id = ThreadTable.Own();
            while (!Volatile.Read(ref isOver))
            {
                ran.Set();
                go.WaitOne();
            }
        }) { IsBackground = true };
        thread.Start();
        Assert.True(ran.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.SkipWhen(id == 0 || !File.Exists($"/proc/self/task/{id}/syscall"), "This kernel does not tell where threads wait.");

        var samePlace = 0;
        for (var round = 0; round < 200; round++)
        {
            var before = LookUntilItWaits(id);
            var switches = Switches(id);
            go.Set();
            Assert.True(ran.WaitOne(TimeSpan.FromSeconds(30)));
            var after = LookUntilItWaits(id);
            samePlace += after.StackPointer == before.StackPointer ? 1 : 0;

            Assert.False(ThreadTable.IsUnmoved(before), $"round {round}: it ran in between");
            Assert.NotEqual(switches, Switches(id));
        }

        // Otherwise the stack pointer alone would have told.
        Assert.True(samePlace > 0, "it never came back to the same place");

        // One that is left alone stands still.
        Assert.True(SpinWait.SpinUntil(() => ThreadTable.Look(id) is { } still && ThreadTable.IsUnmoved(still), TimeSpan.FromSeconds(30)));
        Volatile.Write(ref isOver, true);
        go.Set();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Null(ThreadTable.Look(id));
    }

    private static WaitingThread LookUntilItWaits(int id)
    {
        WaitingThread? look = null;
        Assert.True(SpinWait.SpinUntil(() => (look = ThreadTable.Look(id)) is { } seen && ThreadTable.IsUnmoved(seen), TimeSpan.FromSeconds(30)));
        return look!.Value;
    }

    private static ulong Switches(int id) => Assert.NotNull(ThreadRuns.OfStatus(File.ReadAllText($"/proc/self/task/{id}/status")));

    private static string Status(int voluntary, int nonvoluntary) =>
        string.Create(CultureInfo.InvariantCulture, $"Name:\tx\nvoluntary_ctxt_switches:\t{voluntary}\nnonvoluntary_ctxt_switches:\t{nonvoluntary}\n");

    private void Write(params (string Name, string? Text)[] files)
    {
        var thread = _tasks.CreateSubdirectory(Id.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, text) in files)
        {
            if (text is not null)
            {
                File.WriteAllText(Path.Combine(thread.FullName, name), text);
            }
        }
    }
}
