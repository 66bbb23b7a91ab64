using CsCheck;
using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.Tests.LoadShedding.Threads;

public sealed class CgroupCpuTests
{
    private const string MountsOfVersion2 = "25 1 0:22 / / rw - ext4 /dev/sda rw\n31 25 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
    private const string MountsOfVersion1 = "40 32 0:35 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n41 32 0:36 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct\n";

    private static readonly string[] s_texts = [MountsOfVersion1, MountsOfVersion2, "0::/a/../b\n", "4:cpu:/\n", "0::", "max", "1 1", "- - - - - - - cgroup2 a b"];
    private readonly Dictionary<string, string?> _files = [];

    [Theory]
    [InlineData("150000 100000\n", 1.5)]
    [InlineData("50000 100000", 0.5)]
    [InlineData("200000", 2.0)]
    public void Version2_OfAContainer_IsRead(string max, double expected)
    {
        Write(("/proc/self/mountinfo", MountsOfVersion2), ("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/cpu.max", max));

        Assert.Equal(expected, Limit());
    }

    [Fact]
    public void Version2_OfANestedGroup_TakesTheTightest()
    {
        Write(
            ("/proc/self/mountinfo", MountsOfVersion2),
            ("/proc/self/cgroup", "0::/kubepods/pod1/c1\n"),
            ("/sys/fs/cgroup/kubepods/pod1/c1/cpu.max", "max 100000\n"),
            ("/sys/fs/cgroup/kubepods/pod1/cpu.max", "250000 100000\n"),
            ("/sys/fs/cgroup/kubepods/cpu.max", "800000 100000\n"));

        Assert.Equal(2.5, Limit());
    }

    [Fact]
    public void Version1_IsRead()
    {
        Write(
            ("/proc/self/mountinfo", MountsOfVersion1),
            ("/proc/self/cgroup", "9:memory:/m\n4:cpu,cpuacct:/docker/abc\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "300000\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n"));

        Assert.Equal(3, Limit());
    }

    [Fact]
    public void Version1_MountedFromWithinTheTree_IsRead()
    {
        Write(
            ("/proc/self/mountinfo", "41 32 0:36 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"),
            ("/proc/self/cgroup", "4:cpu:/docker/abc\n"),
            ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "120000"),
            ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"));

        Assert.Equal(1.2, Limit());
    }

    [Fact]
    public void Hybrid_WithCpuInVersion1_TakesThatOne()
    {
        Write(
            ("/proc/self/mountinfo", MountsOfVersion1 + "42 32 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"),
            ("/proc/self/cgroup", "4:cpu,cpuacct:/a\n0::/a\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000"),
            ("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000"));

        Assert.Equal(0.5, Limit());
    }

    [Theory]
    [InlineData("max 100000\n")]
    [InlineData("-1 100000")]
    [InlineData("0 100000")]
    [InlineData("100000 0")]
    [InlineData("99999999999999999999 100000")]
    [InlineData("1 2 3")]
    [InlineData("")]
    [InlineData(null)]
    public void NoLimitOrNonsense_IsNone(string? max)
    {
        Write(("/proc/self/mountinfo", MountsOfVersion2), ("/proc/self/cgroup", "0::/\n"), ("/sys/fs/cgroup/cpu.max", max));

        Assert.Null(Limit());
    }

    [Fact]
    public void NoControlGroups_IsNone() => Assert.Null(Limit());

    [Fact]
    public void Available_IsNeverMoreThanTheMachineHas() =>
        Assert.InRange(CgroupCpu.Available(), double.Epsilon, Environment.ProcessorCount);

    [Fact]
    public void AnyText_NeverThrowsAndNeverGivesNonsense()
    {
        var text = Gen.OneOf(
            Gen.String,
            Gen.Int[0, s_texts.Length - 1].Select(index => s_texts[index]),
            Gen.String[Gen.Char["0123456789: /-,\ncgroup2maxcpu"], 0, 200]);
        Gen.Select(text, text, text).Sample((mounts, membership, file) =>
        {
            var limit = CgroupCpu.Limit(path => path switch
            {
                "/proc/self/mountinfo" => mounts,
                "/proc/self/cgroup" => membership,
                _ => file,
            });
            return limit is null or (> 0 and < double.PositiveInfinity);
        });
    }

    private void Write(params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            _files[path] = text;
        }
    }

    private double? Limit() => CgroupCpu.Limit(path => _files.GetValueOrDefault(path));
}
