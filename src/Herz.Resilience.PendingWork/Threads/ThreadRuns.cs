using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Counts the runs of a thread. The count grows whenever the thread runs, even if it returns to the same wait.</summary>
internal static class ThreadRuns
{
    private const string Switches = "ctxt_switches:";

    /// <summary>The count for the thread at <paramref name="path"/>; null if the kernel does not report it.</summary>
    public static ulong? Of(string path) => OfSchedstat(Read(Path.Combine(path, "schedstat"))) ?? OfStatus(Read(Path.Combine(path, "status")));

    /// <summary>"nanoseconds-run nanoseconds-waited times-run" (sched-stats.rst of the kernel): counted at the start of a run; zeros if the statistics are disabled.</summary>
    public static ulong? OfSchedstat(string text) =>
        text.Split(' ') is [_, _, var runs] && ulong.TryParse(runs.AsSpan().TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    /// <summary>The sum of the voluntary and the nonvoluntary switches (proc_pid_status(5)): counted at the end of a run.</summary>
    public static ulong? OfStatus(string text)
    {
        ulong sum = 0;
        var lines = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var at = line.IndexOf(Switches, StringComparison.Ordinal);
            if (at >= 0 && ulong.TryParse(line[(at + Switches.Length)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                sum += count;
                lines++;
            }
        }

        return lines == 2 ? sum : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The thread ended, or the kernel does not allow the read.
            return "";
        }
    }
}
