using System.Globalization;

namespace Herz.Resilience.PendingWork.Tests.Limits;

/// <summary>A folder with the files that the kernel shows to a process in control groups.</summary>
internal sealed class FakeFileSystem : IDisposable
{
    private const string UnifiedMount = "36 25 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";

    public string Root { get; } = Directory.CreateTempSubdirectory("herz-groups").FullName;

    public long Limit { set => Write("sys/fs/cgroup/pod/app/memory.max", value); }

    public long Usage { set => Write("sys/fs/cgroup/pod/app/memory.current", value); }

    /// <summary>A process in the group /pod/app of cgroup v2, with a limit on both levels.</summary>
    public static FakeFileSystem Unified(string podLimit = "max", string podHigh = "max")
    {
        var files = new FakeFileSystem();
        files.Write("proc/self/cgroup", "0::/pod/app");
        files.Write("proc/self/mountinfo", "22 1 0:20 / /proc rw shared:5 - proc proc rw\n" + UnifiedMount);
        files.Write("sys/fs/cgroup/pod/memory.max", podLimit);
        files.Write("sys/fs/cgroup/pod/memory.high", podHigh);
        files.Write("sys/fs/cgroup/pod/memory.current", 700);
        return files;
    }

    /// <summary>A process in a container of cgroup v1, where the mount shows the group itself.</summary>
    public static FakeFileSystem Legacy(string path, string mountRoot)
    {
        var files = new FakeFileSystem();
        files.Write("proc/self/cgroup", $"9:name=systemd:/\n4:memory:{path}\n3:cpu,cpuacct:{path}\n0::/");
        files.Write("proc/self/mountinfo",
            $"35 31 0:32 {mountRoot} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n33 31 0:29 {mountRoot} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n{UnifiedMount}");
        return files;
    }

    public void Write(string file, long number) => Write(file, number.ToString(CultureInfo.InvariantCulture));

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
