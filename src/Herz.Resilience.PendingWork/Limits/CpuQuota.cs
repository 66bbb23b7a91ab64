using System.Globalization;

namespace Herz.Resilience.PendingWork.Limits;

/// <summary>The CPU limit of the control groups of this process.</summary>
internal static class CpuQuota
{
    /// <summary>The processors that the process may use on average: 0.5 for a limit of 500m; null without a limit.</summary>
    /// <param name="root">The folder of the file system; tests give another one.</param>
    public static double? Read(string root = "/")
    {
        double? least = null;
        foreach (var group in ControlGroups.Of("cpu", root))
        {
            if ((group.IsUnified ? Unified(group) : Legacy(group)) is { } cores && !(cores >= least))
            {
                least = cores;
            }
        }

        return least;
    }

    // "50000 100000" or "max 100000".
    private static double? Unified(ControlGroup group) =>
        group.Read("cpu.max")?.Split(' ') is [var quota, var period] ? Ratio(Number(quota), Number(period)) : null;

    private static double? Legacy(ControlGroup group) => Ratio(group.ReadNumber("cpu.cfs_quota_us"), group.ReadNumber("cpu.cfs_period_us"));

    private static double? Ratio(long? quota, long? period) => quota > 0 && period > 0 ? (double)quota / period : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
