using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>A thread that waits in the kernel, with its stack pointer and its number of runs.</summary>
internal readonly record struct WaitingThread(int Id, ulong StackPointer, ulong Runs);

/// <summary>The threads of this process from /proc; a process may always read its own threads.</summary>
internal static class ThreadTable
{
    private const string OfThisProcess = "/proc/self/task";

    /// <summary>The ids of all threads except the current one.</summary>
    /// <param name="directory">The folder in which the kernel lists the threads.</param>
    public static List<int> Others(string directory = OfThisProcess)
    {
        var self = CurrentId();
        var threads = new List<int>();
        foreach (var path in Directory.EnumerateDirectories(directory))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != self)
            {
                threads.Add(id);
            }
        }

        return threads;
    }

    /// <summary>The state of a waiting thread; null if it runs, has ended, or the kernel does not report it.</summary>
    public static WaitingThread? Inspect(int id, string directory = OfThisProcess)
    {
        // The count is read first, so the next count shows every later run.
        var path = PathOf(id, directory);
        return ThreadRuns.Of(path) is { } runs && StackPointerOf(path) is { } pointer ? new WaitingThread(id, pointer, runs) : null;
    }

    /// <summary>Whether the thread has not run since, so its stack has not changed.</summary>
    public static bool HasNotRunSince(WaitingThread thread, string directory = OfThisProcess)
    {
        // The stack pointer alone proves nothing, because a thread may return to the same wait. The count is read last: some
        // kernels count a run at its end, and a thread in an unfinished run does not wait.
        var path = PathOf(thread.Id, directory);
        return StackPointerOf(path) == thread.StackPointer && ThreadRuns.Of(path) == thread.Runs;
    }

    /// <summary>The id of the current thread; 0 if the kernel does not report it.</summary>
    public static int CurrentId()
    {
        // A link "<process>/task/<thread>".
        var target = new FileInfo("/proc/thread-self").LinkTarget;
        return int.TryParse(target.AsSpan()[((target?.LastIndexOf('/') ?? -1) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
    }

    private static string PathOf(int id, string directory) => Path.Combine(directory, id.ToString(CultureInfo.InvariantCulture));

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
            // The thread ended, or the kernel does not allow the read.
            return null;
        }
    }
}
