using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Rules;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.CircuitBreaking;

public sealed class CircuitConcurrencyTests
{
    private const int Threads = 8;

    [Fact]
    public async Task Threads_ThroughOpenAndHalfOpen_DeliverEachChangeOnce()
    {
        var time = new FakeTimeProvider();
        var changes = new List<CircuitChange>();
        var delivering = 0;
        var overlaps = 0;
        var circuit = new Circuit("GET /", time, change =>
        {
            // A list is enough, because one thread at a time delivers changes.
            overlaps += Interlocked.Increment(ref delivering) == 1 ? 0 : 1;
            changes.Add(change);
            Interlocked.Decrement(ref delivering);
        });
        circuit.Apply(new CircuitRules(0.5, TimeSpan.FromSeconds(30), 4, TimeSpan.FromMilliseconds(500)));

        await Task.WhenAll(Enumerable.Range(1, Threads).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                for (var index = 0; index < 20_000; index++)
                {
                    if (circuit.TryEnter(time.GetTimestamp(), out var ticket, out _))
                    {
                        circuit.Leave(ticket, random.Next(10) switch { 0 => null, < 6 => false, _ => true }, time.GetTimestamp());
                    }
                    else if (random.Next(20) == 0)
                    {
                        time.Advance(TimeSpan.FromMilliseconds(100));
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(0, overlaps);
        Assert.True(changes.Count > 100, $"only {changes.Count} changes");
        Assert.Equal(CircuitStatus.Closed, changes[0].From);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.All(changes, change => Assert.NotEqual(change.From, change.To));
        Assert.Equal(circuit.Status, changes[^1].To);
    }

    [Fact]
    public void Threads_AtTheEndOfABreak_GetOneProbe()
    {
        const int Rounds = 300;
        var time = new FakeTimeProvider();
        var circuit = new Circuit("GET /", time, _ => { });
        circuit.Apply(new CircuitRules(1, TimeSpan.FromSeconds(30), 2, TimeSpan.FromSeconds(1)));
        var tickets = new long[Threads];
        using var phase = new Barrier(Threads + 1);
        for (var thread = 0; thread < Threads; thread++)
        {
            var index = thread;
            new Thread(() =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    phase.SignalAndWait();
                    tickets[index] = circuit.TryEnter(time.GetTimestamp(), out var ticket, out var _) ? ticket : Circuit.NoTicket;
                    phase.SignalAndWait();
                }
            }) { IsBackground = true }.Start();
        }

        for (var round = 0; round < Rounds; round++)
        {
            Fail(circuit, time);
            Fail(circuit, time);
            Assert.Equal(CircuitStatus.Open, circuit.Status);
            time.Advance(TimeSpan.FromSeconds(1));
            phase.SignalAndWait();
            phase.SignalAndWait();
            circuit.Leave(Assert.Single(tickets, ticket => ticket != Circuit.NoTicket), true, time.GetTimestamp());
            Assert.True(circuit.TryEnter(time.GetTimestamp(), out var next, out _));
            circuit.Leave(next, true, time.GetTimestamp());
            Assert.Equal(CircuitStatus.Closed, circuit.Status);
        }
    }

    [Fact]
    public void HealthyEndpoint_AllocatesNothing()
    {
        var time = new FakeTimeProvider();
        var circuit = new Circuit("GET /", time, _ => { });
        circuit.Apply(new CircuitRules());
        Assert.Equal(0, Allocation.Of(() => Pass(circuit)));
        Fail(circuit, time);
        Assert.Equal(0, Allocation.Of(() => Pass(circuit)));
        circuit.Apply(new CircuitRules(0.5));
        Assert.Equal(0, Allocation.Of(() => Pass(circuit)));
    }

    private static void Pass(Circuit circuit)
    {
        for (var index = 0; index < 1000; index++)
        {
            circuit.TryEnter(index, out var ticket, out _);
            circuit.Leave(ticket, true, index, new RequestSource(index, index));
        }
    }

    private static void Fail(Circuit circuit, FakeTimeProvider time)
    {
        Assert.True(circuit.TryEnter(time.GetTimestamp(), out var ticket, out _));
        circuit.Leave(ticket, false, time.GetTimestamp());
    }
}
