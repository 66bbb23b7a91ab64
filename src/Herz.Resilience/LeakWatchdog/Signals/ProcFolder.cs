using System.Runtime.InteropServices;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// Reads the entry counts that the kernel keeps for folders of <c>/proc/self</c>: one system call for any number of entries. The kernel
/// reports descriptors since Linux 6.2 (fs/proc/fd.c, proc_fd_getattr), and threads in all versions (fs/proc/base.c, proc_task_getattr).
/// </summary>
internal static class ProcFolder
{
    private const int Unknown = -1;
    private const uint Links = 0x4;
    private const uint Size = 0x200;
    private const int LinksOfAFolder = 2;

    /// <summary>The number of open descriptors; -1 if the kernel does not report it.</summary>
    public static int CountDescriptors() => TryRead("/proc/self/fd", out var status) && status.Size > 0 ? (int)status.Size : Unknown;

    /// <summary>The number of threads; -1 if the kernel does not report it.</summary>
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
            // C libraries from before 2018 have no statx.
            status = default;
            return false;
        }
    }

#pragma warning disable SYSLIB1054 // The generated code would need unsafe blocks.
    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out Status status);
#pragma warning restore SYSLIB1054

    /// <summary>The same layout on every architecture (statx(2)).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(40)]
        public ulong Size;
    }
}
