namespace Herz.Resilience.PendingWork.Tests.Walking;

public class HeapChangesTests
{
    [Fact]
    public void Since_GrownNewAndRemovedTypes_AreListedByBytes()
    {
        var before = Profile(new HeapTypeCount("Old", 2, 48), new HeapTypeCount("Grows", 1, 24), new HeapTypeCount("Same", 1, 24));
        var after = Profile(new HeapTypeCount("Grows", 11, 264), new HeapTypeCount("New", 1, 100), new HeapTypeCount("Same", 1, 24));

        var difference = after.Since(before);

        Assert.Equal([new HeapTypeChange("Grows", 10, 240), new HeapTypeChange("New", 1, 100), new HeapTypeChange("Old", -2, -48)], difference.HeapChanges);
        Assert.Contains("heap: +240 bytes in +10 Grows\nheap: +100 bytes in +1 New\n", difference.ToString());
    }

    [Fact]
    public void Since_OneProfileWithoutTypes_ListsNoChanges() => Assert.Empty(Profile(new HeapTypeCount("A", 1, 24)).Since(Profile()).HeapChanges);

    private static PendingWorkProfile Profile(params HeapTypeCount[] types) => new(Profiles.Start, [], CaptureMethod.OwnWalk, [], [], types, default);
}
