using CsCheck;
using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Tests.Scheduling;

public sealed class ArrivalScheduleTests
{
    private static List<long> All(ArrivalSchedule schedule)
    {
        var starts = new List<long>();
        while (schedule.TryPeek(out var due))
        {
            starts.Add(due);
            schedule.Take();
        }

        return starts;
    }

    [Fact]
    public void Take_ConstantRate_StartsAreExactlyEven()
    {
        var starts = All(new ArrivalSchedule(new LoadShape("constant", [new RatePiece(10, 200, 200)])));

        Assert.Equal(2000, starts.Count);
        for (var i = 0; i < starts.Count; i++)
        {
            Assert.InRange(starts[i] - (i * 5_000_000L), -1, 1);
        }
    }

    [Fact]
    public void Take_LongRun_AccumulatesNoError()
    {
        var schedule = new ArrivalSchedule(new LoadShape("constant", [new RatePiece(36_000, 3, 3)]));
        var last = 0L;
        var count = 0;
        while (schedule.TryPeek(out var due))
        {
            last = due;
            count++;
            schedule.Take();
        }

        Assert.Equal(108_000, count);
        Assert.InRange(last - (107_999 * 1e9 / 3), -100, 100);
    }

    [Fact]
    public void Take_Ramp_FollowsTheRate()
    {
        var starts = All(new ArrivalSchedule(new LoadShape("ramp", [new RatePiece(10, 0, 200)])));

        Assert.Equal(1000, starts.Count);
        // A quarter of the area of a triangle is in its first half.
        Assert.Equal(250, starts.Count(s => s < 5e9));
    }

    [Fact]
    public void Take_PieceWithoutArrivals_IsSkipped()
    {
        var starts = All(new ArrivalSchedule(new LoadShape("gap", [new RatePiece(1, 10, 10), new RatePiece(5, 0, 0), new RatePiece(1, 10, 10)])));

        Assert.Equal(20, starts.Count);
        Assert.Equal(6e9, starts[10], 1.0);
    }

    [Fact]
    public void Take_AnyShape_StartsIncreaseAndTheirCountIsTheArea() =>
        Gen.Select(Gen.Double[0.1, 20], Gen.Double[0, 500], Gen.Double[0, 500]).Array[1, 5]
            .Sample(pieces =>
            {
                var shape = new LoadShape("any", [.. pieces.Select(p => new RatePiece(p.Item1, p.Item2, p.Item3))]);
                var starts = All(new ArrivalSchedule(shape));

                Assert.InRange(starts.Count, Math.Floor(shape.Arrivals) - 1, Math.Ceiling(shape.Arrivals) + 1);
                for (var i = 1; i < starts.Count; i++)
                {
                    Assert.True(starts[i] >= starts[i - 1], $"start {i} is earlier than start {i - 1}");
                }

                Assert.All(starts, s => Assert.InRange(s, 0, (long)(shape.Seconds * 1e9)));
            }, iter: 200);

    [Fact]
    public void Take_Poisson_GapsAreExponentialAndRepeatableBySeed()
    {
        var shape = new LoadShape("constant", [new RatePiece(100, 500, 500)]);
        var starts = All(new ArrivalSchedule(shape, poissonSeed: 7));

        Assert.InRange(starts.Count, 50_000 - 900, 50_000 + 900);
        var gaps = starts.Zip(starts.Skip(1), (a, b) => (b - a) / 1e9).ToArray();
        // Exponential distribution: the share above the mean is 1/e, the deviation equals the mean.
        Assert.Equal(Math.Exp(-1), gaps.Count(g => g > 1 / 500.0) / (double)gaps.Length, 0.01);
        var mean = gaps.Average();
        Assert.Equal(1, Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean))) / mean, 0.03);
        Assert.Equal(starts, All(new ArrivalSchedule(shape, poissonSeed: 7)));
        Assert.NotEqual(starts, All(new ArrivalSchedule(shape, poissonSeed: 8)));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, double.NaN)]
    [InlineData(double.PositiveInfinity, 1, 1)]
    public void LoadShape_InvalidPiece_NamesTheError(double seconds, double from, double to) =>
        Assert.Contains("load shape", Assert.Throws<ArgumentException>(() => new LoadShape("x", [new RatePiece(seconds, from, to)])).Message, StringComparison.Ordinal);
}
