using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.Tests.LoadShedding.Threads;

public sealed class PoolLimitTests
{
    private const double Step = 0.010;

    private readonly PoolLimit _pool = new(cores: 2);
    private double _now = 1;

    [Fact]
    public void Burst_ThatIsOverWithinATenthOfASecond_IsNoSaturation()
    {
        for (var round = 0; round < 20; round++)
        {
            Observe(0.090, delay: 0.050);
            Observe(0.010, delay: 0.001);
        }

        Assert.False(_pool.Saturated);
        Assert.Equal(int.MaxValue, _pool.Limit);
    }

    [Fact]
    public void StandingQueue_LimitsToTheThreadsThatAreHeld_AndThenToFewer()
    {
        Observe(0.150, delay: 0.050, held: 10);

        Assert.True(_pool.Saturated);
        Assert.InRange(_pool.Limit, 2, 10);
        Observe(3, delay: 0.050, held: 10);
        Assert.Equal(2, _pool.Limit);
    }

    [Fact]
    public void QueueThatIsGone_LetsMoreThreadsBeHeld_WhereSomebodyWaitsForThem()
    {
        Observe(1, delay: 0.050, held: 10);
        var low = _pool.Limit;

        Observe(10, delay: 0.001, waited: true);

        Assert.True(_pool.Limit > low + 5);
        Assert.True(_pool.Saturated);
    }

    [Fact]
    public void FullCpu_LetsNoMoreThreadsBeHeld()
    {
        Observe(1, delay: 0.050, held: 10);
        var low = _pool.Limit;

        Observe(10, delay: 0.001, cpu: 0.99, waited: true);

        Assert.Equal(low, _pool.Limit);
    }

    [Fact]
    public void QuietSecond_EndsTheSaturation()
    {
        Observe(1, delay: 0.050, held: 10);

        Observe(1.1, delay: 0.001);

        Assert.False(_pool.Saturated);
        Assert.Equal(int.MaxValue, _pool.Limit);
    }

    private void Observe(double seconds, double delay, double cpu = 0.5, int held = 0, bool waited = false)
    {
        for (var end = _now + seconds; _now < end - (Step / 2); _now += Step)
        {
            _pool.Observe(_now, delay, cpu, held, waited);
        }
    }
}
