using Herz.Resilience.Outbound.Throttling;

namespace Herz.Resilience.Tests.Outbound.Throttling;

public sealed class ThrottlePartTests
{
    private readonly ThrottlePart _part = new(1_000);

    [Fact]
    public void Kinds_HaveTheirOwnThrottles_FromTheirFirstRejectionOn()
    {
        Assert.Null(_part.Find(1));
        var first = _part.Create(1);

        Assert.Same(first, _part.Find(1));
        Assert.Null(_part.Find(17));
        Assert.NotSame(first, _part.Create(17));
    }

    [Fact]
    public void Kinds_BeyondTheLimit_ShareOneThrottle()
    {
        var throttles = Enumerable.Range(1, 1_000).Select(_part.Create).ToHashSet();

        Assert.InRange(throttles.Count, 64, 65);
        Assert.Same(_part.Find(999), _part.Find(5_000));
        Assert.NotSame(_part.Find(1), _part.Find(999));
    }
}
