using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>The few calls into the C library; the runtime finds glibc or musl under this name.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "pread")]
    public static partial nint Read(int file, byte* into, nint count, nint offset);

    // Without a transition the calling thread stays where no collection can stop the world, so none is half done in the child.
    [LibraryImport("libc", EntryPoint = "clone")]
    [SuppressGCTransition]
    public static partial int Clone(nint function, byte* stackTop, int flags, nint argument);

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    public static partial int Wait(int process, int* status, int options);
}
