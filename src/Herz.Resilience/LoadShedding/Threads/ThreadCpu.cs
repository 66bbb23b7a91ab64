using System.Runtime.InteropServices;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// The CPU time of the current thread, which tells a handler that computes from one that blocks: also where the CPU is
/// shared with others, so that nobody can tell from how full it is. Known on 64-bit Linux and macOS (the latter untested);
/// elsewhere no handler is taken for one that blocks.
/// </summary>
internal static class ThreadCpu
{
    private static readonly int s_clock = !Environment.Is64BitProcess ? -1 : OperatingSystem.IsLinux() ? 3 : OperatingSystem.IsMacOS() ? 16 : -1;

    // Of the request whose handler runs on this thread; a handler that is left before it has returned never reads it.
    [ThreadStatic]
    private static long t_request;

    [ThreadStatic]
    private static double t_began;

    /// <summary>Begins to measure.</summary>
    /// <param name="request">Something that no other request on this thread has.</param>
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
