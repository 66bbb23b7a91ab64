using System.Diagnostics;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>
/// Counts threads, descriptors and sockets. Finding the sockets costs one system call per descriptor, so they are counted again only
/// after the number of descriptors has changed by at least 16 and 5 %.
/// </summary>
internal sealed class ResourceCounter
{
    private const int MaxLinks = 10_000;
    private const int MinChange = 16;
    private const double MinShare = 0.05;

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

        if (_known is not { } known || Math.Abs(descriptors - known) >= Math.Max(MinChange, MinShare * known))
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
            return new DirectoryInfo("/proc/self/fd").EnumerateFiles().Take(MaxLinks).Count(IsSocket);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tried again after the number of descriptors has changed.
            return 0;
        }
    }

    // A descriptor may close during the enumeration.
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
