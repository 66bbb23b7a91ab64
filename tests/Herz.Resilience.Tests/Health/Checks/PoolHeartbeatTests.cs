using Herz.Resilience.Health.Checks;

namespace Herz.Resilience.Tests.Health.Checks;

public sealed class PoolHeartbeatTests
{
    private const long Second = 1000;

    private readonly PoolHeartbeat _pool = new(Second);

    [Fact]
    public void Pool_ThatCompletesAnything_IsNotStalled()
    {
        for (var second = 0; second < 600; second++)
        {
            // One item a minute, however many wait.
            _pool.Sample(second * Second, second / 60, isWaiting: true);
            Assert.InRange(_pool.StalledTicks, 0, 60 * Second);
        }

        Assert.Equal(599 * Second, _pool.WaitingTicks);
    }

    [Fact]
    public void Pool_ThatCompletesNothing_IsStalledForThatTime()
    {
        for (var second = 0; second <= 61; second++)
        {
            _pool.Sample(second * Second, 5, isWaiting: second > 3);
        }

        Assert.Equal(61 * Second, _pool.StalledTicks);
        _pool.Sample(62 * Second, 6, isWaiting: false);
        Assert.Equal((0, 0), (_pool.StalledTicks, _pool.WaitingTicks));
    }

    [Fact]
    public void TimeWithoutSamples_AsOfASuspendedProcess_CountsAsOneSample()
    {
        _pool.Sample(0, 5, isWaiting: true);
        _pool.Sample(3600 * Second, 5, isWaiting: true);

        Assert.Equal(2 * Second, _pool.StalledTicks);
    }
}
