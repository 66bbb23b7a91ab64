using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.Tests.CircuitBreaking.Rules;

/// <summary>The rules as pure cores: outcomes and timestamps in, a verdict out.</summary>
public sealed class CircuitRulesTests
{
    private const long Second = 1000;

    [Theory]
    [InlineData(1900, false)]
    [InlineData(2200, false)]
    [InlineData(2600, true)]
    public void HardDown_OpensWhenAllFailForSeconds(int milliseconds, bool opens)
    {
        var rule = new HardDownRule(Second);
        var last = RuleVerdict.Closed;
        for (var now = 5 * Second; now <= (5 * Second) + milliseconds; now += 50)
        {
            last = rule.Record(success: false, now, default);
        }

        Assert.Equal(opens, last == RuleVerdict.Open);
    }

    [Fact]
    public void HardDown_WhenManyFailAtOnce_StaysClosed()
    {
        var rule = new HardDownRule(Second);

        Assert.All(Enumerable.Range(0, 500), _ => Assert.Equal(RuleVerdict.Closed, rule.Record(success: false, Second, default)));
    }

    [Fact]
    public void HardDown_WhenFailuresAreHalfAMinuteApart_StaysClosed()
    {
        var rule = new HardDownRule(Second);

        Assert.All(Enumerable.Range(1, 500), index => Assert.Equal(RuleVerdict.Closed, rule.Record(success: false, index * 31 * Second, default)));
    }

    [Fact]
    public void HardDown_WithTimestampsOutOfOrder_DoesNotThrow()
    {
        var rule = new HardDownRule(Second);

        Assert.All(Enumerable.Range(0, 500), index => rule.Record(index % 3 == 0, (100 * Second) - index, default));
    }

    /// <param name="sources">The sources of the failing requests and of the others.</param>
    /// <param name="opens">Whether the circuit opens.</param>
    [Theory]
    [InlineData("one poison path", false)]
    [InlineData("two poison paths", false)]
    [InlineData("one poison path of one client", false)]
    [InlineData("one client that scans paths", false)]
    [InlineData("one poison path behind one ingress", false)]
    [InlineData("everything", true)]
    [InlineData("only one path and client", true)]
    [InlineData("everything behind one ingress", true)]
    public void HardDown_WhenFewSourcesCauseMostFailures_StaysClosed(string sources, bool opens)
    {
        var evidence = new CircuitEvidence(new CircuitRules(), Second);
        var verdicts = new HashSet<RuleVerdict>();
        for (var index = 0; index < 400; index++)
        {
            // Every third request comes from another source and succeeds.
            var isOther = index % 3 == 0;
            var (path, client, fails) = sources switch
            {
                "one poison path" => isOther ? (index, index % 20, false) : (-1, index % 20, true),
                "two poison paths" => isOther ? (index, index % 20, false) : (-index % 2, index % 20, true),
                "one poison path of one client" => isOther ? (index, index % 20, false) : (-1, -1, true),
                "one client that scans paths" => isOther ? (index, index % 20, false) : (index, -1, true),
                "one poison path behind one ingress" => isOther ? (index, 1, false) : (-1, 1, true),
                "everything" => (index, index % 20, true),
                "everything behind one ingress" => (index, 1, true),
                _ => (1, 1, true),
            };
            verdicts.Add(evidence.Record(!fails, index * 50, new RequestSource(path, client)));
        }

        Assert.Equal(opens, verdicts.Contains(RuleVerdict.Open));
        Assert.Equal(!opens, verdicts.Contains(RuleVerdict.Concentrated));
    }

    [Fact]
    public void HardDown_OfEverythingAfterAPoisonPath_Opens()
    {
        var rule = new HardDownRule(Second);
        for (var index = 0; index < 2000; index++)
        {
            Assert.NotEqual(RuleVerdict.Open, rule.Record(index % 3 == 0, index * 50, index % 3 == 0 ? new RequestSource(index, index % 20) : new RequestSource(-1, -1)));
        }

        Assert.Contains(RuleVerdict.Open, Enumerable.Range(2000, 100).Select(index => rule.Record(false, index * 50, new RequestSource(index, index % 20))));
    }

    /// <param name="failingPaths">The number of paths, of 300, that always fail.</param>
    /// <param name="opens">Whether the circuit opens: it does if a fifth of the paths fail, but not if one or two fail.</param>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(60, true)]
    public void Sustained_OpensWhenManyPathsFail(int failingPaths, bool opens)
    {
        var evidence = new CircuitEvidence(new CircuitRules(), Second);
        var verdicts = Enumerable.Range(0, 2400).Select(index =>
        {
            var fails = index % 5 == 0;
            var path = fails ? index / 5 % failingPaths : 1000 + (index % 240);
            return evidence.Record(!fails, index * 50, new RequestSource(path, index % 7));
        });

        var seen = verdicts.ToHashSet();
        Assert.Equal(opens, seen.Contains(RuleVerdict.Open));
        Assert.Equal(!opens, seen.Contains(RuleVerdict.Concentrated));
    }

    [Fact]
    public void Sustained_BelowTwiceTheUsualRatio_StaysClosedAndOpensAboveIt()
    {
        var usual = new UsualRatio(0.05, 0.1, 3600 * Second);
        var rule = new SustainedRule(TimeSpan.FromMinutes(1), 0, usual, Second);
        var random = new Random(3);

        Assert.DoesNotContain(RuleVerdict.Open, Enumerable.Range(0, 12_000).Select(index => rule.Record(random.NextDouble() > 0.15, index * 50, default)));
        Assert.Contains(RuleVerdict.Open, Enumerable.Range(12_000, 2400).Select(index => rule.Record(random.NextDouble() > 0.45, index * 50, default)));
    }

    [Fact]
    public void UsualRatio_AfterAMinuteOfOutage_HardlyChanges()
    {
        var usual = new UsualRatio(0.05, 0.02, 3600 * Second);
        usual.Learn(1, 60 * Second);

        Assert.InRange(usual.Value, 0.02, 0.022);
    }

    [Theory]
    [InlineData(0.5, 30, 4)]
    [InlineData(0.05, 60, 20)]
    [InlineData(1, 0.5, 2)]
    public void Window_OpensAsConfigured(double ratio, double seconds, int throughput)
    {
        var rule = new WindowRule(new CircuitRules(ratio, TimeSpan.FromSeconds(seconds), throughput), ratio, "failed", Second);
        var failures = (int)Math.Ceiling(ratio * throughput);
        var verdict = RuleVerdict.Closed;
        for (var index = 0; index < throughput; index++)
        {
            Assert.Equal(RuleVerdict.Closed, verdict);
            verdict = rule.Record(success: index < throughput - failures, 1000 + index);
        }

        Assert.Equal(RuleVerdict.Open, verdict);
    }

    [Fact]
    public void Window_CountsSuccessesBeforeTheFirstFailure()
    {
        var rule = new WindowRule(new CircuitRules(0.05, TimeSpan.FromMinutes(1), 20), 0.05, "failed", Second);
        for (var index = 0; index < 1000; index++)
        {
            rule.Record(success: true, index * 50);
        }

        Assert.All(Enumerable.Range(0, 40), index => Assert.Equal(RuleVerdict.Closed, rule.Record(success: false, 50_000 + index)));
    }

    [Fact]
    public void Window_WithoutAFailure_HasNoPollyCircuit()
    {
        var rule = new WindowRule(new CircuitRules(0.05), 0.05, "failed", Second);
        rule.Record(success: true, 1);
        Assert.False(rule.HasPolly);
        rule.Record(success: false, 2);
        Assert.True(rule.HasPolly);
        rule.Record(success: true, 61 * Second);

        Assert.False(rule.HasPolly);
    }

    [Fact]
    public void Values_ThatAreNotConfigured_UseEvidence()
    {
        Assert.False(new CircuitRules(BreakDuration: TimeSpan.FromSeconds(1)).HasWindow);
        Assert.True(new CircuitRules(MinimumThroughput: 4).HasWindow);
        Assert.Equal(0.5, new CircuitRules(MinimumThroughput: 4).WindowRatio);
        Assert.False(new CircuitRules(MinimumThroughput: 4).IsWindowAlone);
        Assert.True(new CircuitRules(FailureRatio: 0.05).IsWindowAlone);
    }
}
