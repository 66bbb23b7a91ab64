using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>The calls into the C library. The runtime resolves this name to glibc or musl.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "pread")]
    public static partial nint Read(int file, byte* into, nint count, nint offset);

    // Without a GC transition no collection can stop the world during the call, so the child never contains a partial one.
    [LibraryImport("libc", EntryPoint = "clone")]
    [SuppressGCTransition]
    public static partial int Clone(nint function, byte* stackTop, int flags, nint argument);

    [LibraryImport("libc", EntryPoint = "sigprocmask")]
    public static partial int SignalMask(int how, ulong* wanted, ulong* before);

    [LibraryImport("libc", EntryPoint = "mmap")]
    public static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int ClockTime(int clock, long* secondsAndNanoseconds);

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    public static partial int Wait(int process, int* status, int options);
}
