using CsCheck;
using Herz.Resilience.Outbound.Pauses;

namespace Herz.Resilience.Tests.Outbound.Pauses;

public sealed class PausesTests
{
    private readonly Herz.Resilience.Outbound.Pauses.Pauses _pauses = new();

    [Fact]
    public void Pause_HoldsForItsKindUntilItsEnd()
    {
        Assert.False(_pauses.Add(1, now: 0, ticks: 100, 503, pausesAll: false));

        Assert.Equal(100, _pauses.Of(1, 99)?.Until);
        Assert.Null(_pauses.Of(1, 100));
        Assert.Null(_pauses.Of(2, 50));
        Assert.True(_pauses.IsAny(99));
        Assert.False(_pauses.IsAny(100));
    }

    [Fact]
    public void Pause_OfThreeKinds_HoldsForAll()
    {
        _pauses.Add(1, 0, 100, 503, false);
        _pauses.Add(2, 1, 200, 503, false);
        _pauses.Add(2, 2, 200, 503, false);
        Assert.Null(_pauses.Of(9, 3));

        Assert.True(_pauses.Add(3, 4, 100, 429, false));

        Assert.Equal(new Pause(104, 429), _pauses.Of(9, 5));
        Assert.Null(_pauses.Of(9, 104));
    }

    [Fact]
    public void Pause_OfThreeKindsWithASuccessInBetween_HoldsForEachAlone()
    {
        _pauses.Add(1, 0, 100, 503, false);
        _pauses.Add(2, 1, 100, 503, false);
        _pauses.Succeeded(2);
        Assert.False(_pauses.Add(3, 3, 100, 503, false));
        Assert.False(_pauses.Add(1, 4, 100, 503, false));

        Assert.Null(_pauses.Of(9, 5));
        Assert.NotNull(_pauses.Of(2, 5));
        Assert.True(_pauses.Add(2, 6, 100, 503, false));
    }

    [Fact]
    public void Pause_OfAll_IsNeverShortened()
    {
        _pauses.Add(1, 0, 100, 503, pausesAll: true);
        _pauses.Add(1, 1, 10, 503, pausesAll: true);

        Assert.Equal(100, _pauses.Of(5, 50)?.Until);
    }

    [Fact]
    public void Kinds_AreBounded()
    {
        for (var kind = 0; kind < 10_000; kind++)
        {
            _pauses.Succeeded(kind);
            _pauses.Add(kind, kind, 1_000_000, 503, false);
        }

        Assert.InRange(Enumerable.Range(0, 10_000).Count(kind => _pauses.Of(kind, 10_000) is not null), 1, 64);
    }

    [Fact]
    public void Pauses_OnRandomSequences_EqualTheReference()
    {
        var step = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 5], Gen.Int[1, 100]);
        step.List[1, 200].Sample(steps =>
        {
            var pauses = new Herz.Resilience.Outbound.Pauses.Pauses();
            var until = new Dictionary<int, long>();
            var answered = new HashSet<int>();
            var (all, now) = (0L, 0L);
            foreach (var (gap, kind, ticks) in steps)
            {
                now += gap;
                if (kind == 5)
                {
                    pauses.Succeeded(now);
                    answered.Clear();
                }
                else
                {
                    pauses.Add(kind, now, ticks, 503, false);
                    until[kind] = Math.Max(until.GetValueOrDefault(kind), now + ticks);
                    answered.Add(kind);
                    all = answered.Count >= 3 ? Math.Max(all, now + ticks) : all;
                }

                for (var other = 0; other < 6; other++)
                {
                    var expected = now < all ? all : until.GetValueOrDefault(other) is var end && now < end ? end : (long?)null;
                    Assert.Equal(expected, pauses.Of(other, now)?.Until);
                }
            }
        });
    }
}
