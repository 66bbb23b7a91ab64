using Herz.Resilience.PendingWork.Limits;

namespace Herz.Resilience.PendingWork.Tests.Limits;

public class MemoryHeadroomTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Read_OwnLimit_IsTheRestPlusCacheThatIsNotInUse()
    {
        using var files = FakeFileSystem.Unified();
        files.Limit = 880;
        files.Usage = 700;
        files.Write("sys/fs/cgroup/pod/app/memory.stat", "anon 500\nfile 200\ninactive_file 50\nactive_file 150");

        Assert.Equal(230, new MemoryHeadroom(files.Root).Read());
    }

    [Fact]
    public void Read_IsFreshAtEachCall()
    {
        using var files = FakeFileSystem.Unified();
        files.Limit = 880;
        files.Usage = 400;
        var headroom = new MemoryHeadroom(files.Root);
        Assert.Equal(480, headroom.Read());

        files.Usage = 870;
        Assert.Equal(10, headroom.Read());

        files.Limit = 1000;
        Assert.Equal(130, headroom.Read());
    }

    [Theory]
    [InlineData("750", "max", 50)]
    [InlineData("max", "720", 20)]
    [InlineData("max", "max", 480)]
    [InlineData("650", "max", -50)]
    public void Read_LimitOfAParent_Counts(string max, string high, long expected)
    {
        using var files = FakeFileSystem.Unified(max, high);
        files.Limit = 880;
        files.Usage = 400;

        Assert.Equal(expected, new MemoryHeadroom(files.Root).Read());
    }

    [Fact]
    public void Read_LimitWithoutUsage_IsNoHeadroom()
    {
        using var files = FakeFileSystem.Unified();
        files.Limit = 880;

        Assert.Equal(0, new MemoryHeadroom(files.Root).Read());
    }

    [Theory]
    [InlineData("/docker/abc", "/docker/abc", "")]
    [InlineData("/docker/abc", "/", "docker/abc/")]
    [InlineData("/../other", "/", "")]
    public void Read_VersionOne_FindsTheGroupInTheMount(string path, string mountRoot, string folder)
    {
        using var files = FakeFileSystem.Legacy(path, mountRoot);
        files.Write($"sys/fs/cgroup/memory/{folder}memory.limit_in_bytes", 880);
        files.Write($"sys/fs/cgroup/memory/{folder}memory.usage_in_bytes", 700);
        files.Write($"sys/fs/cgroup/memory/{folder}memory.stat", "inactive_file 1\ntotal_inactive_file 50");

        Assert.Equal(230, new MemoryHeadroom(files.Root).Read());
    }

    [Fact]
    public void Read_VersionOneWithoutLimit_IsTheMemoryOfTheMachine()
    {
        using var files = FakeFileSystem.Legacy("/", "/");
        files.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", 9223372036854771712);
        files.Write("sys/fs/cgroup/memory/memory.usage_in_bytes", 700);
        files.Write("proc/meminfo", "MemTotal:        2000 kB\nMemAvailable:    1000 kB");

        Assert.Equal(1000 * 1024, new MemoryHeadroom(files.Root).Read());
    }

    [Fact]
    public void Read_NothingKnown_IsUnlimited()
    {
        using var files = new FakeFileSystem();

        Assert.Equal(long.MaxValue, new MemoryHeadroom(files.Root).Read());
    }

    // The field's case D1: 450 MB of cache below a limit of 880 MB, of which the process already uses most.
    [Theory]
    [InlineData(600, true)]
    [InlineData(482, true)]
    [InlineData(481, false)]
    [InlineData(200, false)]
    [InlineData(-5, false)]
    public void Refusal_Snapshot_NeedsTheWholeHeap(long megabytesLeft, bool isAllowed)
    {
        var refusal = new HeadroomRule(450 * Megabyte).Refusal(megabytesLeft * Megabyte);

        Assert.Equal(isAllowed, refusal is null);
        Assert.True(isAllowed || refusal!.Contains($"{megabytesLeft} MB", StringComparison.Ordinal), refusal);
    }

    [Theory]
    [InlineData(241, true)]
    [InlineData(240, false)]
    public void Stop_Snapshot_EndsWhenHalfIsGone(long megabytesLeft, bool mayContinue) =>
        Assert.Equal(mayContinue, new HeadroomRule(450 * Megabyte).Stop(megabytesLeft * Megabyte) is null);
}
