using System.Globalization;
using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>
/// A copy-on-write child of this process, its twin, that only waits. It ends when the snapshot is disposed, with this process, or
/// after its time. It holds no descriptor, hears no signal of a group or a terminal, and is the first that the kernel ends if memory
/// runs out.
/// </summary>
internal sealed unsafe class Snapshot : IDisposable
{
    private const int StackSize = 64 * 1024;
    private const int MaxDescriptors = 1 << 20;

    // sigset_t of glibc and musl.
    private const int MaskWords = 16;

    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(1);

    private readonly nint _orders;
    private readonly byte* _stack;
    private bool _isEnded;

    private Snapshot(nint orders, byte* stack, int process)
    {
        _orders = orders;
        _stack = stack;
        Process = process;
        Memory = ProcessMemory.Open(process);
    }

    public ProcessMemory Memory { get; }

    /// <summary>The process id of the twin.</summary>
    public int Process { get; }

    /// <param name="lifetime">The time after which the twin ends in any case.</param>
    /// <param name="mayUnshare">Whether the kernel may unshare the descriptors; otherwise the twin closes them one by one.</param>
    /// <exception cref="UnsupportedRuntimeException">The kernel returned an error, or the twin did not start.</exception>
    public static Snapshot Take(TimeSpan lifetime, bool mayUnshare = true)
    {
        var page = Libc.Map(0, sizeof(TwinOrders), RuntimeFacts.ReadWrite, RuntimeFacts.SharedAnonymous, -1, 0);
        if (page is 0 or -1)
        {
            throw new UnsupportedRuntimeException("no shared memory is available for a snapshot");
        }

        var stack = (byte*)NativeMemory.AlignedAlloc(StackSize, 4096);
        var process = 0;
        try
        {
            var orders = (TwinOrders*)page;
            TwinOrders.FindFunctions(orders);
            mayUnshare &= TwinOrders.CanUnshare(orders);
            orders->Parent = Environment.ProcessId;
            orders->Checks = Twin.Checks(lifetime);
            orders->Descriptors = mayUnshare ? 0 : HighestDescriptor() + 1;
            process = Start(page, stack, mayUnshare ? RuntimeFacts.CloneFiles : 0);
            DieFirst(process);
            AwaitStart(orders);
            return new Snapshot(page, stack, process);
        }
        catch
        {
            End(page, stack, process);
            throw;
        }
    }

    public void Dispose()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        Memory.Dispose();
        End(_orders, _stack, Process);
    }

    // The twin inherits the mask of this thread, so no handler of the runtime runs in it for a signal from outside.
    private static int Start(nint orders, byte* stack, int flags)
    {
        var code = Twin.Compile();
        var all = stackalloc ulong[MaskWords];
        var before = stackalloc ulong[MaskWords];
        new Span<ulong>(all, MaskWords).Fill(ulong.MaxValue);
        *all &= ~RuntimeFacts.FaultSignals;
        if (Libc.SignalMask(RuntimeFacts.SetMask, all, before) != 0)
        {
            throw new UnsupportedRuntimeException("the signals cannot be blocked, so a snapshot would hear them");
        }

        var process = Libc.Clone(code, stack + StackSize - 64, flags, orders);
        _ = Libc.SignalMask(RuntimeFacts.SetMask, before, null);
        return process > 0
            ? process
            : throw new UnsupportedRuntimeException("clone failed, so no snapshot is possible (process limit, seccomp or overcommit rule)");
    }

    // If memory runs out in spite of all checks, the kernel ends the twin and not the app.
    private static void DieFirst(int process)
    {
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/oom_score_adj"), "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is read-only in some sandboxes. The headroom is still checked.
        }
    }

    private static void AwaitStart(TwinOrders* orders)
    {
        using var poll = new ManualResetEventSlim();
        var start = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref orders->IsReady) == 0)
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_startTime)
            {
                throw new UnsupportedRuntimeException("the snapshot process did not start within a second, or could not close its descriptors");
            }

            poll.Wait(1);
        }
    }

    private static int HighestDescriptor()
    {
        var highest = 0;
        foreach (var path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            highest = int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Max(highest, number) : highest;
        }

        // Descriptors that open before the clone have numbers near the highest one, or free ones below it.
        return Math.Min(MaxDescriptors, highest + 1024);
    }

    private static void End(nint orders, byte* stack, int process)
    {
        if (process > 0)
        {
            int status;
            _ = Libc.Kill(process, RuntimeFacts.KillSignal);
            _ = Libc.Wait(process, &status, RuntimeFacts.WaitClone);
        }

        NativeMemory.AlignedFree(stack);
        _ = Libc.Unmap(orders, sizeof(TwinOrders));
    }
}
