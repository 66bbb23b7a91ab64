using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>A thread that waits in the kernel, and where its stack stood.</summary>
internal readonly record struct WaitingThread(int Id, ulong StackPointer);

/// <summary>The threads of this process as the kernel lists them; a process may always read its own.</summary>
internal static class ThreadTable
{
    /// <summary>The threads that wait in the kernel, without the one that asks.</summary>
    /// <param name="directory">Where the kernel lists them.</param>
    public static List<WaitingThread> Waiting(string directory = "/proc/self/task")
    {
        var self = Own();
        var threads = new List<WaitingThread>();
        foreach (var path in Directory.EnumerateDirectories(directory))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != self && StackPointerOf(path) is { } pointer)
            {
                threads.Add(new WaitingThread(id, pointer));
            }
        }

        return threads;
    }

    /// <summary>Whether the thread still stands where it stood: then its stack has not changed meanwhile.</summary>
    public static bool IsUnmoved(WaitingThread thread, string directory = "/proc/self/task") =>
        StackPointerOf(Path.Combine(directory, thread.Id.ToString(CultureInfo.InvariantCulture))) == thread.StackPointer;

    // "202 0x… 0x… 0x… 0x… 0x… 0x… stack-pointer program-counter", or "running".
    private static ulong? StackPointerOf(string path)
    {
        try
        {
            var fields = File.ReadAllText(Path.Combine(path, "syscall")).Split(' ');
            return fields.Length == 9 && ulong.TryParse(fields[7].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var pointer) ? pointer : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The thread ended, or the kernel does not tell.
            return null;
        }
    }

    private static int Own()
    {
        // A link "<process>/task/<thread>".
        var target = new FileInfo("/proc/thread-self").LinkTarget;
        return int.TryParse(target.AsSpan()[((target?.LastIndexOf('/') ?? -1) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
    }
}
