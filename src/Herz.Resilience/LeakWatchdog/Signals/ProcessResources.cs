using System.Diagnostics;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>What the process holds of the operating system, counted in <c>/proc/self</c>; what cannot be read counts as none.</summary>
internal readonly record struct ProcessResources(int Threads, int FileDescriptors, int Sockets)
{
    // Each link costs a system call, some microseconds.
    private const int MostLinks = 10_000;

    public static ProcessResources Count()
    {
        if (OperatingSystem.IsLinux())
        {
            var (descriptors, sockets) = CountDescriptors();
            return new ProcessResources(CountEntries("/proc/self/task"), descriptors, sockets);
        }

        using var process = Process.GetCurrentProcess();
        return new ProcessResources(0, OperatingSystem.IsWindows() ? process.HandleCount : 0, 0);
    }

    private static int CountEntries(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static (int Descriptors, int Sockets) CountDescriptors()
    {
        var descriptors = 0;
        var sockets = 0;
        try
        {
            foreach (var link in new DirectoryInfo("/proc/self/fd").EnumerateFiles())
            {
                descriptors++;
                sockets += descriptors <= MostLinks && IsSocket(link) ? 1 : 0;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not readable here: the next sample tries again.
        }

        return (descriptors, sockets);
    }

    // A descriptor may be closed while they are listed.
    private static bool IsSocket(FileInfo link)
    {
        try
        {
            return link.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
