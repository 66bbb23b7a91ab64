using System.Diagnostics;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// Counts what the process holds. Which descriptors are sockets takes a system call for each, so it is looked up only when
/// their number has changed by much.
/// </summary>
internal sealed class ResourceCounter
{
    private const int MostLinks = 10_000;
    private const int LeastChange = 16;
    private const double LeastShare = 0.05;

    private int? _known;
    private int _sockets;

    public ProcessResources Count()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return new ProcessResources(0, OperatingSystem.IsWindows() ? process.HandleCount : 0, 0);
        }

        var descriptors = ProcFolder.CountDescriptors();
        if (descriptors < 0)
        {
            descriptors = CountEntries("/proc/self/fd");
        }

        if (_known is not { } known || Math.Abs(descriptors - known) >= Math.Max(LeastChange, LeastShare * known))
        {
            (_known, _sockets) = (descriptors, CountSockets());
        }

        var threads = ProcFolder.CountThreads();
        return new ProcessResources(threads < 0 ? CountEntries("/proc/self/task") : threads, descriptors, _sockets);
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

    private static int CountSockets()
    {
        try
        {
            return new DirectoryInfo("/proc/self/fd").EnumerateFiles().Take(MostLinks).Count(IsSocket);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not readable here: tried again when there are more.
            return 0;
        }
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
