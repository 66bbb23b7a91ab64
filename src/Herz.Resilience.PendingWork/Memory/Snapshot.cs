using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>
/// A copy-on-write child of this process that only runs the C library's <c>sleep</c>. It ends when the snapshot is disposed,
/// or after its time, even if this process dies.
/// </summary>
internal sealed unsafe class Snapshot : IDisposable
{
    private const int StackSize = 64 * 1024;

    private readonly byte* _stack;
    private readonly int _process;

    private Snapshot(byte* stack, int process)
    {
        _stack = stack;
        _process = process;
        Memory = ProcessMemory.Open(process);
    }

    public ProcessMemory Memory { get; }

    /// <param name="seconds">The time after which the child ends.</param>
    /// <exception cref="UnsupportedRuntimeException">The kernel returned an error.</exception>
    public static Snapshot Take(int seconds)
    {
        if (!NativeLibrary.TryLoad("libc", typeof(Libc).Assembly, null, out var library) || !NativeLibrary.TryGetExport(library, "sleep", out var sleep))
        {
            throw new UnsupportedRuntimeException("the C library does not export sleep");
        }

        var stack = (byte*)NativeMemory.AlignedAlloc(StackSize, 4096);
        var process = Libc.Clone(sleep, stack + StackSize - 64, RuntimeFacts.CloneFiles, seconds);
        if (process <= 0)
        {
            NativeMemory.AlignedFree(stack);
            throw new UnsupportedRuntimeException("clone failed, so no snapshot is possible (process limit, seccomp or overcommit rule)");
        }

        try
        {
            return new Snapshot(stack, process);
        }
        catch
        {
            End(stack, process);
            throw;
        }
    }

    public void Dispose()
    {
        Memory.Dispose();
        End(_stack, _process);
    }

    private static void End(byte* stack, int process)
    {
        int status;
        _ = Libc.Kill(process, RuntimeFacts.KillSignal);
        _ = Libc.Wait(process, &status, RuntimeFacts.WaitClone);
        NativeMemory.AlignedFree(stack);
    }
}
