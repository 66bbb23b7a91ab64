using Herz.Resilience.PendingWork.Capturing;

namespace Herz.Resilience.PendingWork.Tests.Capturing;

public class CaptureTimeTests
{
    private const long Gigabyte = 1 << 30;

    [Theory]
    [InlineData(0, null, 10)]
    [InlineData(4, null, 20)]
    [InlineData(4, 2.0, 20)]
    [InlineData(0, 0.5, 20)]
    [InlineData(2, 0.5, 30)]
    [InlineData(0, 0.01, 100)]
    [InlineData(1000, 0.1, 600)]
    public void Allowed_GrowsWithTheHeapAndUnderACpuLimit(long gigabytes, double? limit, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CaptureTime.Allowed(TimeSpan.FromSeconds(10), gigabytes * Gigabyte, limit));
}
