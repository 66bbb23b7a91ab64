using CsCheck;
using Herz.Resilience.CircuitBreaking;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking;

public sealed class EndpointCircuitTests
{
    private static readonly CircuitRules s_rules = new(0.5, TimeSpan.FromSeconds(30), 4, TimeSpan.FromSeconds(5));

    private readonly FakeTimeProvider _time = new();
    private readonly List<CircuitChange> _changes = [];
    private readonly EndpointCircuit _circuit;

    public EndpointCircuitTests()
    {
        _circuit = new EndpointCircuit("GET /", _time, _changes.Add);
        _circuit.Apply(s_rules);
    }

    [Fact]
    public void Leave_BelowTheMinimumThroughput_StaysClosed()
    {
        Fail(3);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void Leave_AtTheFailureRatio_OpensAndTellsTheExactRetryAfter()
    {
        Fail(4);

        Assert.Equal(CircuitStatus.Open, _circuit.Status);
        Assert.False(_circuit.TryEnter(Now(), out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_circuit.TryEnter(Now(), out _, out retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(2), retryAfter);
        var change = Assert.Single(_changes);
        Assert.Equal(("GET /", CircuitStatus.Closed, CircuitStatus.Open, TimeSpan.FromSeconds(5)), (change.Endpoint, change.From, change.To, change.BreakDuration));
    }

    [Fact]
    public void TryEnter_AfterTheBreak_LetsOneThroughAndItsSuccessCloses()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        var probe = Enter();
        Assert.False(_circuit.TryEnter(Now(), out _, out _));
        Leave(probe, true);

        Assert.Equal([CircuitStatus.Open, CircuitStatus.HalfOpen, CircuitStatus.Closed], _changes.Select(change => change.To));
        Assert.True(_circuit.TryEnter(Now(), out _, out _));
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
    public void Leave_OfAProbeWithoutAnOutcome_HandsItToTheNextRequest()
    {
        Fail(4);
        _time.Advance(TimeSpan.FromSeconds(5));

        Leave(Enter(), null);
        Assert.Equal(CircuitStatus.HalfOpen, _circuit.Status);
        Leave(Enter(), true);

        Assert.Equal(CircuitStatus.Closed, _circuit.Status);
    }

    [Fact]
    public void TryEnter_BesideAProbeThatNeverEnds_GivesItUpAfterAnotherBreak()
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
    public void AnySchedule_NeverLetsTwoProbesDecideAndAlwaysRecovers() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6000]).Array[0, 200].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            var changes = new List<CircuitChange>();
            var circuit = new EndpointCircuit("GET /", time, changes.Add);
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

            // The changes form one chain, and a healthy endpoint is closed again after a break.
            Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
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

    private void Fail(int times)
    {
        for (var index = 0; index < times; index++)
        {
            Leave(Enter(), false);
        }
    }
}
