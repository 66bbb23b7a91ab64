using System.Runtime.InteropServices;

namespace Herz.Resilience.Health.Listener;

/// <summary>Raises the scheduling priority of the calling thread where the process may (root or CAP_SYS_NICE); elsewhere nothing happens.</summary>
internal static class ThreadPriorityBoost
{
    private const int PriorityOfProcess = 0;
    private const int Niceness = -10;

    /// <returns>Whether the priority was raised.</returns>
    public static bool TryRaise()
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.CurrentThread.Priority = ThreadPriority.AboveNormal;
            return true;
        }

        try
        {
            // On Linux 0 is the calling thread, not its process (setpriority(2), "C library/kernel differences").
            return SetPriority(PriorityOfProcess, 0, Niceness) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

#pragma warning disable SYSLIB1054 // The generated code would need unsafe blocks for what is three numbers.
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
#pragma warning restore SYSLIB1054
}
