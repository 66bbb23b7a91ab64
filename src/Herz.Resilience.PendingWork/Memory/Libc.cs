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

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    public static partial int Wait(int process, int* status, int options);
}
