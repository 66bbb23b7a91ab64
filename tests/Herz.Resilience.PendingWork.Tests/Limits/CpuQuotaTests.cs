using Herz.Resilience.PendingWork.Limits;

namespace Herz.Resilience.PendingWork.Tests.Limits;

public class CpuQuotaTests
{
    [Theory]
    [InlineData("50000 100000", "max 100000", 0.5)]
    [InlineData("max 100000", "25000 50000", 0.5)]
    [InlineData("400000 100000", "200000 100000", 2.0)]
    [InlineData("max 100000", "max 100000", null)]
    public void Read_VersionTwo_IsTheLeastOfAllLevels(string own, string parent, double? expected)
    {
        using var files = FakeFileSystem.Unified();
        files.Write("sys/fs/cgroup/pod/app/cpu.max", own);
        files.Write("sys/fs/cgroup/pod/cpu.max", parent);

        Assert.Equal(expected, CpuQuota.Read(files.Root));
    }

    [Theory]
    [InlineData(50_000, 0.5)]
    [InlineData(-1, null)]
    public void Read_VersionOne_IsTheQuotaOverThePeriod(long quota, double? expected)
    {
        using var files = FakeFileSystem.Legacy("/docker/abc", "/docker/abc");
        files.Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", quota);
        files.Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", 100_000);

        Assert.Equal(expected, CpuQuota.Read(files.Root));
    }
}
