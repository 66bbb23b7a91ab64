using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Tests.Scheduling;

public sealed class ClosedPacerTests
{
    [Fact]
    public void TryPeek_AllClientsWait_NothingIsDueUntilAnswerAndThinkTime()
    {
        var pacer = new ClosedPacer(2, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10));
        pacer.Take();
        pacer.Take();

        Assert.False(pacer.TryPeek(out _));
        pacer.Finished(5_000_000);
        Assert.True(pacer.TryPeek(out var due));
        Assert.Equal(15_000_000, due);
    }

    [Fact]
    public void Finished_AfterTheEnd_NoMoreStarts()
    {
        var pacer = new ClosedPacer(1, TimeSpan.FromSeconds(1), TimeSpan.Zero);
        pacer.Take();

        pacer.Finished(1_000_000_000);

        Assert.False(pacer.TryPeek(out _));
    }
}
