using System.Runtime;

namespace Herz.Resilience.PendingWork.Tests;

public class CollectionSafetyTests
{
    [Theory]
    [InlineData(GCLatencyMode.Batch, true)]
    [InlineData(GCLatencyMode.Interactive, true)]
    [InlineData(GCLatencyMode.LowLatency, false)]
    [InlineData(GCLatencyMode.SustainedLowLatency, false)]
    [InlineData(GCLatencyMode.NoGCRegion, false)]
    public void Obstacle_OfALatencyMode(GCLatencyMode mode, bool isAllowed) => Assert.Equal(isAllowed, CollectionSafety.Obstacle(mode) is null);

    // The field's case D11: 1 GB of heap under a limit of 500m.
    [Theory]
    [InlineData(0.5, 1024, false)]
    [InlineData(0.5, 100, true)]
    [InlineData(2, 400, true)]
    [InlineData(2, 1024, false)]
    public void Obstacle_OfACpuLimit_DependsOnTheHeap(double cores, long megabytes, bool isAllowed) =>
        Assert.Equal(isAllowed, CollectionSafety.Obstacle(cores, CollectionSafety.CostOf(megabytes << 20)) is null);
}
