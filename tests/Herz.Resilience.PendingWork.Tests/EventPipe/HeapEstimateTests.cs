using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class HeapEstimateTests
{
    [Theory]
    [InlineData(0, 0, 64)]
    [InlineData(1, 1, 64)]
    [InlineData(50 << 20, 50, 101)]
    [InlineData(200 << 20, 200, 401)]
    [InlineData(1000L << 20, 1800, 1024)]
    public void Pause_GrowsWithTheHeap_AndTheBufferIsTwiceTheHeapWithinBounds(long bytes, int milliseconds, int buffer)
    {
        var estimate = new HeapEstimate(bytes);

        Assert.Equal((milliseconds, buffer), (estimate.Pause.TotalMilliseconds, estimate.BufferMegabytes));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(60_001)]
    public void Capture_LongestPauseOutOfRange_NamesTheOption(int milliseconds)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => PendingWorkProfile.Capture(new PendingWorkOptions { LongestPause = TimeSpan.FromMilliseconds(milliseconds) }));

        Assert.Contains("LongestPause must be from 0 to 1 minute", error.Message);
    }
}
