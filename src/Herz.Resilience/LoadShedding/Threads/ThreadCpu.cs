using System.Runtime.InteropServices;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// The CPU time of the current thread. It distinguishes a handler that computes from one that blocks, even if other processes use
/// the CPU. Available on 64-bit Linux and macOS (the latter untested); elsewhere no handler counts as blocking.
/// </summary>
internal static class ThreadCpu
{
    private static readonly int s_clock = !Environment.Is64BitProcess ? -1 : OperatingSystem.IsLinux() ? 3 : OperatingSystem.IsMacOS() ? 16 : -1;

    // The request whose handler runs on this thread. A handler that is abandoned before it has returned never reads it.
    [ThreadStatic]
    private static long t_request;

    [ThreadStatic]
    private static double t_began;

    /// <summary>Starts a measurement.</summary>
    /// <param name="request">A value that is unique among the requests on this thread.</param>
    public static void Begin(long request)
    {
        t_request = request;
        t_began = Seconds();
    }

    /// <summary>The CPU time since <see cref="Begin"/> in seconds; NaN if that was for another request or on another thread.</summary>
    public static double Since(long request) => t_request == request ? Seconds() - t_began : double.NaN;

    private static double Seconds() =>
        s_clock >= 0 && GetTime(s_clock, out var time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : double.NaN;

#pragma warning disable SYSLIB1054 // The generated code would need unsafe blocks for what is two blittable numbers.
    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);
#pragma warning restore SYSLIB1054

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
