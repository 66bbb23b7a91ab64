using System.Runtime.InteropServices;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// How many entries a folder of <c>/proc/self</c> has, as the kernel counts them itself: one call, however many there are. It
/// tells the descriptors from Linux 6.2 on (fs/proc/fd.c, proc_fd_getattr), the threads always (fs/proc/base.c, proc_task_getattr).
/// </summary>
internal static class ProcFolder
{
    private const int Unknown = -1;
    private const uint Links = 0x4;
    private const uint Size = 0x200;
    private const int LinksOfAFolder = 2;

    /// <summary>The open descriptors; -1 where the kernel does not say.</summary>
    public static int CountDescriptors() => TryRead("/proc/self/fd", out var status) && status.Size > 0 ? (int)status.Size : Unknown;

    /// <summary>The threads; -1 where the kernel does not say.</summary>
    public static int CountThreads() =>
        TryRead("/proc/self/task", out var status) && status.Links > LinksOfAFolder ? (int)status.Links - LinksOfAFolder : Unknown;

    private static bool TryRead(string path, out Status status)
    {
        try
        {
            return Read(0, path, 0, Links | Size, out status) == 0;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library of before 2018.
            status = default;
            return false;
        }
    }

#pragma warning disable SYSLIB1054 // The generated code would need unsafe blocks for a path and a few numbers.
    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out Status status);
#pragma warning restore SYSLIB1054

    /// <summary>The same on every machine (statx(2)).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(40)]
        public ulong Size;
    }
}
