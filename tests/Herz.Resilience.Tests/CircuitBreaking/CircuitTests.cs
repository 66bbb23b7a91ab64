using CsCheck;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Rules;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking;

public sealed class CircuitTests
{
    private static readonly CircuitRules s_rules = new(0.5, TimeSpan.FromSeconds(30), 4, TimeSpan.FromSeconds(5));

    private readonly FakeTimeProvider _time = new();
    private readonly List<CircuitChange> _changes = [];
    private readonly Circuit _circuit;

    public CircuitTests()
    {
        _circuit = new Circuit("GET /", _time, _changes.Add);
        _circuit.Apply(s_rules);
    }

    [Fact]
    public void Leave_BelowTheMinimumThroughput_StaysClosed()
    {
        Fail(3);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_AtTheFailureRatio_OpensWithTheExactRetryAfter()
    {
        Fail(4);

        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        Assert.False(_circuit.TryEnter(Now(), out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_circuit.TryEnter(Now(), out _, out retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(2), retryAfter);
        var change = Assert.Single(_changes);
        Assert.Equal(("GET /", CircuitStatus.Closed, CircuitStatus.Open, TimeSpan.FromSeconds(5)), (change.Name, change.From, change.To, change.BreakDuration));
    }

    [Fact]
    public void TryEnter_AfterTheBreak_AdmitsOneProbeWhoseSuccessCloses()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        Leave(Enter(), true);

        Assert.Equal([CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Closed], _changes.Select(change => change.To));
        Assert.True(_circuit.TryEnter(Now(), out _, out _));
    }

    [Fact]
    public void Leave_OfAProbeDuringWhichOthersWereRefused_AdmitsTwo()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        var probe = Enter();
        Assert.False(_circuit.TryEnter(Now(), out _, out _));
        Leave(probe, true);

        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        probe = Enter();
        Leave(Enter(), true);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        Leave(probe, false);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_OfAFailedProbe_OpensForAnotherBreak()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        Leave(Enter(), false);

        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        Assert.False(_circuit.TryEnter(Now(), out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
    }

    [Fact]
    public void Leave_OfAnOlderGeneration_IsDropped()
    {
        var old = Enter();
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));
        var probe = Enter();

        Leave(old, false);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        Leave(probe, true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_OfAProbeWithoutAnOutcome_MakesTheNextRequestTheProbe()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        Leave(Enter(), null);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        Leave(Enter(), true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void TryEnter_DuringAProbeThatNeverEnds_AdmitsAnotherAfterAnotherBreak()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));
        var lost = Enter();
        _time.Advance(TimeSpan.FromSeconds(5));

        var second = Enter();
        Leave(lost, false);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        Leave(second, true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Apply_WhileOpen_EndsTheBreakFirst()
    {
        Fail(4);

        _circuit.Apply(s_rules with { BreakDuration = TimeSpan.FromSeconds(60), MinimumThroughput = 100 });

        Assert.False(_circuit.TryEnter(Now(), out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
        _time.Advance(TimeSpan.FromSeconds(5));
        Leave(Enter(), true);
        Fail(99);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        Fail(1);
        Assert.Equal(CircuitStatus.Open, _circuit.Status);
    }

    [Fact]
    public void Leave_OfOldFailures_OutsideTheWindow_DoesNotOpen()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(31));
        Fail(3);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_OfAGivenUpProbeThatSucceedsLate_Closes()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));
        var slow = Enter();
        _time.Advance(TimeSpan.FromSeconds(5));
        var second = Enter();

        Leave(slow, true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        Leave(second, false);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void TryEnter_DuringAProbeThatStreamsItsAnswer_Closes()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));
        var answered = false;
        _circuit.TrackProbe(Enter(), () => answered);

        _time.Advance(TimeSpan.FromSeconds(5));
        _circuit.TrackProbe(Enter(), () => answered);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        answered = true;
        Assert.False(_circuit.TryEnter(Now(), out _, out _));
        _time.Advance(TimeSpan.FromSeconds(5));

        Enter();
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_OfOneFailedProbe_WithNothingConfigured_AdmitsAnother()
    {
        _circuit.Apply(new CircuitRules());
        FailForSeconds(3);
        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        _time.Advance(TimeSpan.FromSeconds(1));

        Leave(Enter(), false);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        Leave(Enter(), true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void BreakDuration_WithNothingConfigured_DoublesUntilClosedForFiveMinutes()
    {
        _circuit.Apply(new CircuitRules());
        FailForSeconds(3);
        for (var probe = 0; probe < 4; probe++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Leave(Enter(), false);
            Leave(Enter(), false);
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        Leave(Enter(), true);
        _time.Advance(TimeSpan.FromMinutes(5));
        FailForSeconds(3);

        Assert.Equal([1, 2, 4, 5, 5, 1], _changes.Where(change => change.To == CircuitStatus.Open).Select(change => change.BreakDuration!.Value.TotalSeconds));
    }

    [Fact]
    public void BreakDuration_WithAMaximum_DoublesUpToIt_WithAtMostATenthOfRandomTime()
    {
        var changes = new List<CircuitChange>();
        var circuit = new Circuit("payments", _time, changes.Add, CircuitDirection.Outbound, new Random(1));
        circuit.Apply(s_rules with { BreakDuration = TimeSpan.FromSeconds(2), MaxBreakDuration = TimeSpan.FromSeconds(10) });
        for (var round = 0; round < 5; round++)
        {
            do
            {
                Assert.True(circuit.TryEnter(Now(), out var ticket, out _));
                circuit.Leave(ticket, false, Now());
            }
            while (circuit.Status != CircuitStatus.Open);

            _time.Advance(TimeSpan.FromSeconds(12));
        }

        var breaks = changes.Where(change => change.To == CircuitStatus.Open).Select(change => change.BreakDuration!.Value.TotalSeconds).ToList();
        Assert.Equal(5, breaks.Distinct().Count());
        Assert.All(breaks.Zip([2.0, 4, 8, 10, 10]), pair => Assert.InRange(pair.First, pair.Second, 1.1 * pair.Second));
        Assert.All(changes, change => Assert.Equal(("payments", CircuitDirection.Outbound), (change.Name, change.Direction)));
    }

    [Fact]
    public void SlowCalls_AtTheirRatio_OpenTheCircuit_AndASlowProbeKeepsItOpen()
    {
        _circuit.Apply(new CircuitRules(0.9, TimeSpan.FromSeconds(30), 10, TimeSpan.FromSeconds(5)) { SlowCallDuration = TimeSpan.FromSeconds(1), SlowCallRatio = 0.4 });
        for (var call = 0; call < 9; call++)
        {
            LeaveAfter(Enter(), call < 4 ? 1 : 0.9);
        }

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        LeaveAfter(Enter(), 1);
        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        Assert.Contains("0.4 of at least 10 requests were slow within 30 s (5 were slow)", _changes[0].Reason);

        _time.Advance(TimeSpan.FromSeconds(5));
        LeaveAfter(Enter(), 3);
        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        _time.Advance(TimeSpan.FromSeconds(5));
        LeaveAfter(Enter(), 0.5);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);

        void LeaveAfter(long ticket, double seconds) => _circuit.Leave(ticket, true, Now(), default, (long)(seconds * _time.TimestampFrequency));
    }

    [Fact]
    public void Isolate_RefusesUntilClosed_WhateverEnds()
    {
        var before = Enter();
        _circuit.Execute(CircuitCommand.Isolate, "by ann");
        Leave(before, true);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.False(_circuit.TryEnter(Now(), out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
        _circuit.Execute(CircuitCommand.Isolate, "again");
        _circuit.Execute(CircuitCommand.Close, "by bob");
        Leave(Enter(), true);

        Assert.Equal([(CircuitStatus.Isolated, "by ann"), (CircuitStatus.Closed, "by bob")], _changes.Select(change => (change.To, change.Reason)));
    }

    [Fact]
    public void Close_WhileOpen_AdmitsAtOnce_AndCountsFromZero()
    {
        Fail(4);
        _circuit.Execute(CircuitCommand.Close, "by ann");

        Fail(3);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        _circuit.Execute(CircuitCommand.Close, "again");
        Fail(3);
        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
        Fail(1);
        Assert.Equal(CircuitStatus.Open, _circuit.Status);
    }

    [Fact]
    public void Reset_ForgetsTheGrowthOfBreaks_AndCloseDoesNot()
    {
        _circuit.Apply(new CircuitRules());
        foreach (var command in new[] { CircuitCommand.Close, CircuitCommand.Reset, CircuitCommand.Close })
        {
            FailForSeconds(3);
            _circuit.Execute(command, "by ann");
        }

        Assert.Equal([1, 2, 1], _changes.Where(change => change.To == CircuitStatus.Open).Select(change => change.BreakDuration!.Value.TotalSeconds));
    }

    [Fact]
    public void Apply_OfTheSameRules_KeepsTheCounts()
    {
        Fail(3);
        _circuit.Apply(s_rules with { });
        Fail(1);

        Assert.Equal(CircuitStatus.Open, _circuit.Status);
    }

    [Fact]
    public void Change_HasItsReason()
    {
        _circuit.Apply(new CircuitRules());
        FailForSeconds(3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Leave(Enter(), true);

        Assert.Matches(@"^the endpoint is down: (\d+) of \1 requests failed in 2\.\d s$", _changes[0].Reason);
        Assert.Equal(["the break is over", "a probe succeeded"], _changes.Skip(1).Select(change => change.Reason));
    }

    [Fact]
    public void AnySchedule_OfAConfiguredCircuit_MatchesTheReference() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 900], Gen.Int[0, 5]).Array[0, 300].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var circuit = new Circuit("GET /", time, _ => { });
            var rules = s_rules with { SamplingDuration = TimeSpan.FromHours(1) };
            circuit.Apply(rules);
            var reference = new ReferenceCircuit(rules, time);
            var running = new List<(long Ticket, int Reference)>();
            foreach (var (step, pause, choice) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                if (pause == 7)
                {
                    var command = (CircuitCommand)(choice % 3);
                    circuit.Execute(command, "a test");
                    reference.Execute(command);
                }
                else if (step < 5 || running.Count == 0)
                {
                    var entered = circuit.TryEnter(time.GetTimestamp(), out var ticket, out _);
                    Assert.Equal(reference.TryEnter(out var expected), entered);
                    if (entered)
                    {
                        running.Add((ticket, expected));
                    }
                }
                else
                {
                    var (ticket, expected) = running[choice % running.Count];
                    running.RemoveAt(choice % running.Count);
                    bool? success = step == 9 ? null : step == 8;
                    circuit.Leave(ticket, success, time.GetTimestamp());
                    reference.Leave(expected, success);
                }

                Assert.Equal(reference.Status, circuit.Status);
            }
        });

    [Fact]
    public void AnySchedule_NeverLetsTwoProbesDecideAndAlwaysRecovers() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6000]).Array[0, 200].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var changes = new List<CircuitChange>();
            var circuit = new Circuit("GET /", time, changes.Add);
            circuit.Apply(s_rules);
            var open = new Queue<long>();
            foreach (var (step, pause) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                if (step <= 1 && circuit.TryEnter(time.GetTimestamp(), out var ticket, out _))
                {
                    open.Enqueue(ticket);
                }
                else if (step > 1 && open.TryDequeue(out var ended))
                {
                    circuit.Leave(ended, step == 4 ? null : step == 2, time.GetTimestamp());
                }
            }

            // The changes form one chain, and the circuit of a healthy endpoint closes after a break.
            Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.All(changes, change => Assert.NotEqual(change.From, change.To));
            time.Advance(TimeSpan.FromSeconds(10));
            if (circuit.TryEnter(time.GetTimestamp(), out var last, out _))
            {
                circuit.Leave(last, true, time.GetTimestamp());
            }

            Assert.Equal(CircuitStatus.Closed, circuit.Status);
        });

    private long Now() => _time.GetTimestamp();

    private void Leave(long ticket, bool? success) => _circuit.Leave(ticket, success, Now());

    private long Enter()
    {
        Assert.True(_circuit.TryEnter(Now(), out var ticket, out _));
        return ticket;
    }

    private void FailForSeconds(int seconds)
    {
        for (var index = 0; index < seconds * 20 && _circuit.Status == CircuitStatus.Closed; index++)
        {
            Leave(Enter(), false);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private void Fail(int times)
    {
        for (var index = 0; index < times; index++)
        {
            Leave(Enter(), false);
        }
    }
}
