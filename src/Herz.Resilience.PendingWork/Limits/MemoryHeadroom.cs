using System.Globalization;

namespace Herz.Resilience.PendingWork.Limits;

/// <summary>
/// The memory that this process may still use before a control group or the machine runs out, read fresh at each call. File cache
/// that is not in use counts as free, because the kernel drops it first.
/// </summary>
/// <param name="root">The folder of the file system; tests give another one.</param>
internal sealed class MemoryHeadroom(string root = "/")
{
    // Version 1 reports a group without a limit as the largest number of pages.
    private const long NoLimit = 1L << 60;

    private readonly IReadOnlyList<ControlGroup> _groups = ControlGroups.Of("memory", root);
    private readonly string _machine = Path.Combine(root, "proc/meminfo");

    /// <summary>The headroom in bytes; <see cref="long.MaxValue"/> if no limit is known.</summary>
    public long Read()
    {
        var least = Available();
        foreach (var group in _groups)
        {
            least = Math.Min(least, group.IsUnified ? Unified(group) : Legacy(group));
        }

        return least;
    }

    // Above memory.high the kernel slows every allocation down, which harms requests as well.
    private static long Unified(ControlGroup group)
    {
        var limit = Math.Min(group.ReadNumber("memory.max") ?? NoLimit, group.ReadNumber("memory.high") ?? NoLimit);
        return Free(group, limit, "memory.current", "inactive_file");
    }

    private static long Legacy(ControlGroup group) =>
        Free(group, group.ReadNumber("memory.limit_in_bytes") ?? NoLimit, "memory.usage_in_bytes", "total_inactive_file");

    // A limit without a usage is treated as reached: a capture is never worth a guess.
    private static long Free(ControlGroup group, long limit, string usage, string cache) => limit >= NoLimit
        ? long.MaxValue
        : limit - (group.ReadNumber(usage) ?? limit) + group.ReadNumber("memory.stat", cache);

    // "MemAvailable:   12345 kB"
    private long Available()
    {
        try
        {
            var line = File.Exists(_machine) ? File.ReadLines(_machine).FirstOrDefault(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..] && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number * 1024
                : long.MaxValue;
        }
        catch (IOException)
        {
            return long.MaxValue;
        }
    }
}
