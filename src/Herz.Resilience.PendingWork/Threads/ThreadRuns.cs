using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>How often a thread was given a processor: a number that grows whenever it runs, though it come back to where it stood.</summary>
internal static class ThreadRuns
{
    private const string Switches = "ctxt_switches:";

    /// <summary>The number for the thread at <paramref name="path"/>; null where the kernel does not tell.</summary>
    public static ulong? Of(string path) => OfSchedstat(Read(Path.Combine(path, "schedstat"))) ?? OfStatus(Read(Path.Combine(path, "status")));

    /// <summary>"nanoseconds-run nanoseconds-waited times-run" (sched-stats.rst of the kernel): counted when it begins to run; zeros where that is switched off.</summary>
    public static ulong? OfSchedstat(string text) =>
        text.Split(' ') is [_, _, var runs] && ulong.TryParse(runs.AsSpan().TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    /// <summary>The sum of the voluntary and the nonvoluntary switches (proc_pid_status(5)): counted when it stops to run.</summary>
    public static ulong? OfStatus(string text)
    {
        ulong sum = 0;
        var told = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var at = line.IndexOf(Switches, StringComparison.Ordinal);
            if (at >= 0 && ulong.TryParse(line[(at + Switches.Length)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                sum += count;
                told++;
            }
        }

        return told == 2 ? sum : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The thread ended, or the kernel does not tell.
            return "";
        }
    }
}
