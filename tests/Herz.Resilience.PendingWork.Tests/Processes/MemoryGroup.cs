using System.Globalization;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>A control group of the kernel with a limit of memory, as a container has one; of either version.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private static readonly (string Root, string Limit)[] s_versions = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>The file that takes the processes of the group.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <summary>A group with so much memory; null where none can be made.</summary>
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
                // Not ours to make here.
            }
        }

        return null;
    }

    public void Dispose() => Directory.Delete(_folder);
}
