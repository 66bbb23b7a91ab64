using CsCheck;
using Herz.Resilience.Outbound.Pauses;

namespace Herz.Resilience.Tests.Outbound.Pauses;

public sealed class PausesTests
{
    private const long Frequency = 10;
    private const long WithoutSuccess = 2 * Frequency;

    private readonly Herz.Resilience.Outbound.Pauses.Pauses _pauses = new(Frequency);

    [Fact]
    public void Pause_HoldsForItsKindUntilItsEnd()
    {
        Assert.False(Add(1, 7, now: 0, ticks: 100));

        Assert.Equal(100, Until(1, 7, 99));
        Assert.Null(Until(1, 7, 100));
        Assert.Null(Until(2, 7, 50));
        Assert.Null(Until(1, 8, 50));
        Assert.True(_pauses.IsAny(99));
        Assert.False(_pauses.IsAny(100));
    }

    [Fact]
    public void Pause_OfThreePathsOfAnAccount_HoldsForAllItsCalls()
    {
        Add(1, 7, 0, 200);
        Add(2, 7, 1, 200);
        Assert.False(Add(3, 7, WithoutSuccess - 1, 200));
        Assert.Null(Until(9, 7, WithoutSuccess));

        Assert.True(Add(3, 7, WithoutSuccess, 200));

        Assert.Equal(WithoutSuccess + 200, Until(9, 7, 50));
        Assert.Null(Until(9, 8, 50));
        Assert.Null(Until(9, 7, WithoutSuccess + 200));
    }

    [Fact]
    public void Pause_OfOnePathOfManyAccounts_HoldsForThatPath()
    {
        for (var account = 0; account < 20; account++)
        {
            Assert.False(Add(1, account, account * 5, 1_000));
        }

        Assert.Null(Until(2, 3, 100));
        Assert.NotNull(Until(1, 3, 100));
    }

    [Fact]
    public void Pause_OfThreePathsWithASuccessInBetween_HoldsForEachAlone()
    {
        Add(1, 7, 0, 1_000);
        Add(2, 7, 1, 1_000);
        _pauses.Succeeded(new(5, 7));

        Assert.False(Add(3, 7, 100, 1_000));
        Assert.False(Add(1, 7, 101, 1_000));

        Assert.Null(Until(9, 7, 102));
        Assert.NotNull(Until(2, 7, 102));
    }

    [Fact]
    public void Pause_OfAll_HoldsForEveryCall_AndIsNeverShortened()
    {
        Assert.True(_pauses.Add(new(1, 7), 0, 100, 503, pausesAll: true));
        Assert.False(_pauses.Add(new(1, 7), 1, 10, 503, pausesAll: true));

        Assert.Equal(100, Until(5, 8, 50));
    }

    [Fact]
    public void KindsAndAccounts_AreBounded()
    {
        for (var index = 0; index < 10_000; index++)
        {
            Add(index, index, index, 1_000_000);
        }

        Assert.InRange(Enumerable.Range(0, 10_000).Count(index => Until(index, index, 10_000) is not null), 1, 128);
    }

    [Fact]
    public void Pauses_OnRandomSequences_EqualTheReference()
    {
        var step = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 5], Gen.Int[0, 1], Gen.Int[1, 100]);
        step.List[1, 200].Sample(steps =>
        {
            var pauses = new Herz.Resilience.Outbound.Pauses.Pauses(Frequency);
            var kinds = new Dictionary<(int, int), long>();
            var answered = new[] { new List<(int Path, long At)>(), new List<(int Path, long At)>() };
            var (accounts, now) = (new long[2], 0L);
            foreach (var (gap, path, account, ticks) in steps)
            {
                now += gap;
                if (path == 5)
                {
                    pauses.Succeeded(new(path, account));
                    answered[account].Clear();
                    accounts[account] = 0;
                }
                else
                {
                    pauses.Add(new(path, account), now, ticks, 503, false);
                    kinds[(path, account)] = Math.Max(kinds.GetValueOrDefault((path, account)), now + ticks);
                    answered[account].Add((path, now));
                    var isEvidence = answered[account].DistinctBy(static answer => answer.Path).Count() >= 3 && now - answered[account][0].At >= WithoutSuccess;
                    accounts[account] = isEvidence ? Math.Max(accounts[account], now + ticks) : accounts[account];
                }

                for (var other = 0; other < 12; other++)
                {
                    var (p, a) = (other / 2, other % 2);
                    var expected = now < accounts[a] ? accounts[a] : kinds.GetValueOrDefault((p, a)) is var end && now < end ? end : (long?)null;
                    Assert.Equal(expected, pauses.Of(new(p, a), now)?.Until);
                }
            }
        });
    }

    private bool Add(int path, int account, long now, long ticks) => _pauses.Add(new(path, account), now, ticks, 503, pausesAll: false);

    private long? Until(int path, int account, long now) => _pauses.Of(new(path, account), now)?.Until;
}
