using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog.Reporting;

public sealed class LeakBoardTests : IDisposable
{
    private static readonly Leak s_leak = new()
    {
        Origin = "GET /orders/{id}",
        Method = "Orders.OrderRepository.LoadAsync",
        Awaits = "Channel<Order> read",
        Pending = 1204,
        PerMinute = 120,
        Share = 0.71,
        FirstSeen = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    private readonly Observer _observer = new();
    private readonly LogSink _logs = new();
    private readonly LoggerFactory _loggers = new();
    private readonly LeakBoard _board;

    public LeakBoardTests()
    {
        _loggers.AddProvider(_logs);
        _board = new LeakBoard([new Faulty(), _observer], new FakeTimeProvider(), _loggers.CreateLogger<LeakBoard>());
    }

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public void Leak_IsOneSentence() => Assert.Equal(
        "GET /orders/{id}: 1,204 pending Orders.OrderRepository.LoadAsync awaiting Channel<Order> read, +120 a minute, first seen 2026-01-02 03:04:05Z, 71 % of all growth",
        s_leak.ToString());

    [Fact]
    public void LeakOfATypeOrUnnamed_IsOneSentence()
    {
        Assert.Equal(
            "process counter old_generation_bytes: 1,204 objects of Orders.Order, +120 a minute, first seen 2026-01-02 03:04:05Z, 71 % of all growth",
            (s_leak with { Origin = null, Method = null, Awaits = null, Type = "Orders.Order", Signal = "old_generation_bytes" }).ToString());
        Assert.Equal(
            "GET /orders/{id}: work of requests that have ended is still pending, first seen 2026-01-02 03:04:05Z",
            (s_leak with { Method = null, Awaits = null }).ToString());
    }

    [Fact]
    public void Leak_IsReportedOnceWhenItStartsDoublesAndStops()
    {
        foreach (var pending in new[] { 1204, 1300, 2407, 2408, 3000 })
        {
            _board.Update([s_leak with { Pending = pending }]);
        }

        _board.Update([]);
        _board.Update([]);

        (LeakStatus, long)[] expected = [(LeakStatus.Suspected, 1204), (LeakStatus.Growing, 2408), (LeakStatus.Cleared, 3000)];
        Assert.Equal(expected, _observer.Changes.Select(change => (change.Status, change.Leak.Pending)));
        Assert.Equal(expected, _board.History.Select(change => (change.Status, change.Leak.Pending)));
        Assert.Equal([904, 905, 906], _logs.Entries.Where(entry => entry.EventId is >= 904 and <= 906).Select(entry => entry.EventId));
        Assert.Empty(_board.Current);
    }

    [Fact]
    public void LeakThatReturns_IsReportedAgain()
    {
        _board.Update([s_leak]);
        _board.Update([]);
        _board.Update([s_leak]);

        Assert.Equal([LeakStatus.Suspected, LeakStatus.Cleared, LeakStatus.Suspected], _observer.Changes.Select(change => change.Status));
    }

    [Fact]
    public void ObserverThatThrows_IsLogged_AndTheOthersAreCalled()
    {
        _board.Update([s_leak]);

        Assert.Single(_observer.Changes);
        Assert.Contains(nameof(Faulty), Assert.Single(_logs.Entries, entry => entry.EventId == 908).Message);
    }

    [Fact]
    public void History_IsBounded()
    {
        for (var i = 0; i < 500; i++)
        {
            _board.Update(i % 2 == 0 ? [s_leak] : []);
        }

        Assert.Equal(200, _board.History.Length);
    }

    private sealed class Observer : ILeakObserver
    {
        public List<LeakChange> Changes { get; } = [];

        public void OnLeakChanged(LeakChange change) => Changes.Add(change);
    }

    private sealed class Faulty : ILeakObserver
    {
        public void OnLeakChanged(LeakChange change) => throw new InvalidOperationException("The observer is broken.");
    }
}
