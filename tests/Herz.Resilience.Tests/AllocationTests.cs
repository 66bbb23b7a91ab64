namespace Herz.Resilience.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Of_CodeThatAllocatesOnceInARound_TellsIt()
    {
        object? kept = null;

        Assert.True(Allocation.Of(() => kept = new object()) >= 24);
        Assert.NotNull(kept);
    }

    [Fact]
    public void Of_CodeThatAllocatesInOneRoundOnly_LeavesThatOut()
    {
        var rounds = 0;
        byte[]? kept = null;

        Assert.Equal(0, Allocation.Of(() => kept = ++rounds == 3 ? new byte[8000] : kept));
        Assert.NotNull(kept);
    }
}
