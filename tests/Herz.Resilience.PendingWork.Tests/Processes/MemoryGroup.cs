using System.Globalization;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>A control group with a memory limit, like that of a container; cgroup v1 or v2.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private static readonly (string Root, string Limit)[] s_versions = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>The file for the process ids of the group.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <summary>Creates a group with this memory limit; null if that is not possible.</summary>
    public static MemoryGroup? TryCreate(long bytes)
    {
        foreach (var (root, limit) in s_versions)
        {
            var folder = Path.Combine(root, $"herz-test-{Environment.ProcessId}");
            try
            {
                Directory.CreateDirectory(folder);
                if (File.Exists(Path.Combine(folder, limit)))
                {
                    File.WriteAllText(Path.Combine(folder, limit), bytes.ToString(CultureInfo.InvariantCulture));
                    return new MemoryGroup(folder);
                }

                Directory.Delete(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The process cannot create control groups of this version.
            }
        }

        return null;
    }

    public void Dispose() => Directory.Delete(_folder);
}
