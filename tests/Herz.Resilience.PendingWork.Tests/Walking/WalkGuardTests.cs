using Herz.Resilience.PendingWork.Capturing;
using Herz.Resilience.PendingWork.Limits;
using Herz.Resilience.PendingWork.Tests.Limits;
using Herz.Resilience.PendingWork.Walking;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.PendingWork.Tests.Walking;

public class WalkGuardTests
{
    [Fact]
    public void MayContinue_CollectionSinceTheStart_StopsAtOnce()
    {
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        var now = GarbageCollections.Now();

        var guard = Guard(long.MaxValue, new CollectionCheck(now with { Gen0 = now.Gen0 - 1 }));

        Assert.False(guard.MayContinue());
        Assert.True(guard.Stopped!.IsTransient);
        Assert.Contains("garbage collection", guard.Stopped.Reason);
    }

    [Fact]
    public void MayContinue_AfterTheDeadline_StopsForGood()
    {
        var guard = Guard(deadline: 0);

        Assert.False(guard.MayContinue());
        Assert.False(guard.Stopped!.IsTransient);
    }

    // The field's case D1: the app uses up its limit while a snapshot exists.
    [Fact]
    public void MayContinue_HeadroomFalls_GivesTheSnapshotUp()
    {
        using var files = FakeFileSystem.Unified();
        files.Limit = 880 << 20;
        files.Usage = 300 << 20;
        var time = new FakeTimeProvider();
        var rule = new HeadroomRule(450 << 20);
        var guard = Guard(long.MaxValue, new HeadroomCheck(new MemoryHeadroom(files.Root), rule.Stop, time));
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.True(guard.MayContinue());

        files.Usage = 650 << 20;
        time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.False(guard.MayContinue());
        Assert.Contains("230 MB were left", guard.Stopped!.Reason);
    }

    [Fact]
    public void MayContinueLoop_StopsWithinAThousandSteps()
    {
        var guard = Guard(deadline: 0);

        var steps = 0;
        while (guard.MayContinueLoop())
        {
            steps++;
        }

        Assert.InRange(steps, 0, 1024);
        Assert.False(guard.MayContinueLoop());
    }

    private static WalkGuard Guard(long deadline, params IWalkCheck[] checks) => new(deadline, new WalkPace(null, new WalkClock(TimeProvider.System)), checks);
}
