using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.Tests.Capturing;

public class CollectionRateTests
{
    // The field's case D3: 4.6 GB, and a collection every second or two.
    [Theory]
    [InlineData(4600, 60, 40, null, false)]
    [InlineData(4600, 60, 10, null, true)]
    [InlineData(4600, 60, 0, null, true)]
    [InlineData(50, 60, 600, null, true)]
    [InlineData(1000, 60, 40, 0.5, false)]
    [InlineData(1000, 60, 20, 0.5, true)]
    public void Fits_ComparesTheWalkWithTheTimeBetweenCollections(long megabytes, int seconds, int collections, double? cpuLimit, bool fits) =>
        Assert.Equal(fits, CollectionRate.Fits(TimeSpan.FromSeconds(seconds), collections, megabytes << 20, cpuLimit));
}
