using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>A thread that waits in the kernel, where its stack stood, and how often it had run.</summary>
internal readonly record struct WaitingThread(int Id, ulong StackPointer, ulong Runs);

/// <summary>The threads of this process as the kernel lists them; a process may always read its own.</summary>
internal static class ThreadTable
{
    private const string OfThisProcess = "/proc/self/task";

    /// <summary>All threads but the one that asks.</summary>
    /// <param name="directory">Where the kernel lists them.</param>
    public static List<int> Others(string directory = OfThisProcess)
    {
        var self = Own();
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

    /// <summary>The thread as it waits; null where it runs, has ended, or the kernel does not tell.</summary>
    public static WaitingThread? Look(int id, string directory = OfThisProcess)
    {
        // The count comes first: a run that begins after it shows in the next one, whatever is read in between.
        var path = PathOf(id, directory);
        return ThreadRuns.Of(path) is { } runs && StackPointerOf(path) is { } pointer ? new WaitingThread(id, pointer, runs) : null;
    }

    /// <summary>Whether the thread did not run since that look: then its stack has not changed meanwhile.</summary>
    public static bool IsUnmoved(WaitingThread thread, string directory = OfThisProcess)
    {
        // A thread comes back to the same place of its stack, so that place alone tells nothing. The count comes last:
        // some count a run only when it ends, and one that has not ended does not wait.
        var path = PathOf(thread.Id, directory);
        return StackPointerOf(path) == thread.StackPointer && ThreadRuns.Of(path) == thread.Runs;
    }

    /// <summary>The thread that asks; 0 where the kernel does not tell.</summary>
    public static int Own()
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
            // The thread ended, or the kernel does not tell.
            return null;
        }
    }
}
