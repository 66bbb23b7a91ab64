namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>The pure rule for the time that a capture may take.</summary>
internal static class CaptureTime
{
    private const double SharePerGigabyte = 0.25;
    private const double SlowestCores = 0.1;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    /// <summary>The timeout, and a quarter more for each gigabyte of heap; under a CPU limit below one processor in proportion more.</summary>
    public static TimeSpan Allowed(TimeSpan timeout, long heapBytes, double? cpuLimit)
    {
        var gigabytes = heapBytes / (double)(1 << 30);
        var allowed = timeout * (1 + (SharePerGigabyte * gigabytes)) / Math.Clamp(cpuLimit ?? 1, SlowestCores, 1);
        return allowed < s_longest ? allowed : s_longest;
    }
}
