using System.Globalization;

namespace Herz.Resilience.Benchmarks.Captures;

/// <summary>A control group with the limits of a container: of memory without swap, or of CPU time. Version 1 or 2; needs root.</summary>
internal sealed class LimitedGroup : IDisposable
{
    private readonly string _folder;

    private LimitedGroup(string folder) => _folder = folder;

    /// <summary>The file that takes the process.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <exception cref="InvalidOperationException">No control group can be created here.</exception>
    public static LimitedGroup OfMemory(long bytes) =>
        TryCreate("/sys/fs/cgroup/memory", ("memory.limit_in_bytes", Text(bytes)))
        ?? TryCreate("/sys/fs/cgroup", ("memory.max", Text(bytes)), ("memory.swap.max", "0"))
        ?? throw new InvalidOperationException("No control group with a memory limit can be created: run as root, outside of a container.");

    /// <inheritdoc cref="OfMemory"/>
    public static LimitedGroup OfCpu(double cores) =>
        TryCreate("/sys/fs/cgroup/cpu", ("cpu.cfs_quota_us", Text((long)(cores * 100_000))))
        ?? TryCreate("/sys/fs/cgroup", ("cpu.max", $"{Text((long)(cores * 100_000))} 100000"))
        ?? throw new InvalidOperationException("No control group with a CPU limit can be created: run as root, outside of a container.");

    public void Dispose()
    {
        // The kernel needs a moment until the last process has left.
        for (var tries = 0; tries < 50 && Directory.Exists(_folder); tries++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static LimitedGroup? TryCreate(string root, params (string File, string Value)[] limits)
    {
        var folder = Path.Combine(root, $"herz-benchmark-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            var group = new LimitedGroup(folder);
            if (!File.Exists(Path.Combine(folder, limits[0].File)))
            {
                group.Dispose();
                return null;
            }

            foreach (var (file, value) in limits.Where(limit => File.Exists(Path.Combine(folder, limit.File))))
            {
                File.WriteAllText(Path.Combine(folder, file), value);
            }

            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
