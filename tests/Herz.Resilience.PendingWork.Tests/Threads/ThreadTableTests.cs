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
    [InlineData("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd10 0x401000", "5 5 10", false)] // returned to the same wait
    [InlineData("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffd18 0x401000", "5 5 9", false)]
    [InlineData("running", "5 5 9", false)]
    public void HasNotRunSince_SecondInspection_IsTrueOnlyWithSamePointerAndRuns(string call, string runs, bool expected)
    {
        Write(("syscall", Waiting), ("schedstat", "5 5 9\n"));
        var thread = Assert.NotNull(ThreadTable.Inspect(Id, _tasks.FullName));

        Write(("syscall", call + "\n"), ("schedstat", runs + "\n"));

        Assert.Equal(new WaitingThread(Id, 0x7ffd10, 9), thread);
        Assert.Equal(expected, ThreadTable.HasNotRunSince(thread, _tasks.FullName));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 0 0\n")]
    public void HasNotRunSince_WithoutSchedulerStatistics_UsesTheSwitches(string? schedstat)
    {
        Write(("syscall", Waiting), ("status", Status(3, 4)), ("schedstat", schedstat));
        var thread = Assert.NotNull(ThreadTable.Inspect(Id, _tasks.FullName));

        Assert.True(ThreadTable.HasNotRunSince(thread, _tasks.FullName));
        Write(("status", Status(4, 4)));
        Assert.False(ThreadTable.HasNotRunSince(thread, _tasks.FullName));
        Write(("status", Status(3, 5)));
        Assert.False(ThreadTable.HasNotRunSince(thread, _tasks.FullName));
    }

    [Fact]
    public void Inspect_ThreadWithoutRunCount_IsNull()
    {
        Write(("syscall", Waiting));

        Assert.Null(ThreadTable.Inspect(Id, _tasks.FullName));
    }

    [Fact]
    public void HasNotRunSince_RealThreadThatReturnsToItsWait_IsFalseEachTime()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are read through /proc.");
        using var go = new AutoResetEvent(false);
        using var ran = new AutoResetEvent(false);
        var isOver = false;
        var id = 0;
        var thread = new Thread(() =>
        {
            id = ThreadTable.CurrentId();
            while (!Volatile.Read(ref isOver))
            {
                ran.Set();
                go.WaitOne();
            }
        }) { IsBackground = true };
        thread.Start();
        Assert.True(ran.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.SkipWhen(id == 0 || !File.Exists($"/proc/self/task/{id}/syscall"), "This kernel does not report where threads wait.");

        var samePlace = 0;
        for (var round = 0; round < 200; round++)
        {
            var before = InspectUntilItWaits(id);
            var switches = Switches(id);
            go.Set();
            Assert.True(ran.WaitOne(TimeSpan.FromSeconds(30)));
            var after = InspectUntilItWaits(id);
            samePlace += after.StackPointer == before.StackPointer ? 1 : 0;

            Assert.False(ThreadTable.HasNotRunSince(before), $"round {round}: it ran in between");
            Assert.NotEqual(switches, Switches(id));
        }

        // Otherwise the stack pointer alone would be sufficient.
        Assert.True(samePlace > 0, "the thread never returned to the same stack pointer");

        // A thread that is not woken does not run.
        Assert.True(SpinWait.SpinUntil(() => ThreadTable.Inspect(id) is { } still && ThreadTable.HasNotRunSince(still), TimeSpan.FromSeconds(30)));
        Volatile.Write(ref isOver, true);
        go.Set();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Null(ThreadTable.Inspect(id));
    }

    private static WaitingThread InspectUntilItWaits(int id)
    {
        WaitingThread? seen = null;
        Assert.True(SpinWait.SpinUntil(() => (seen = ThreadTable.Inspect(id)) is { } waiting && ThreadTable.HasNotRunSince(waiting), TimeSpan.FromSeconds(30)));
        return seen!.Value;
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
