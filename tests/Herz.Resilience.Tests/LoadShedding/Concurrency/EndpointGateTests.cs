using Herz.Resilience.LoadShedding;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LoadShedding.Concurrency;

public sealed class EndpointGateTests
{
    private const string Endpoint = "GET /orders";

    private readonly FakeTimeProvider _time = new();
    private readonly Shedder _shedder;

    public EndpointGateTests() =>
        _shedder = new Shedder(new ShedderSettings(1_000, _time.TimestampFrequency / 10), _time.TimestampFrequency, cores: 2);

    [Fact]
    public void LimitUnderWhichNothingEnds_IsLiftedBySweepsAlone()
    {
        var gate = Overload.Of(_shedder, Endpoint, _time).Gate;
        var waiting = new StandIn { Priority = RequestPriority.Default, Since = _time.GetTimestamp(), Deadline = long.MaxValue };
        Assert.NotEqual(LimitFinder.Unlimited, gate.Limit);

        for (var passed = 0; passed < 300 && gate.Limit != LimitFinder.Unlimited; passed++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            _shedder.Sweep(_time.GetTimestamp());
        }

        Assert.Equal(LimitFinder.Unlimited, gate.Limit);
        Assert.False(gate.State.Finder.IsOverloaded);
        Assert.True(gate.TryEnter(RequestPriority.Default));
        Assert.Equal(Verdict.Admitted, _shedder.Offer(gate, waiting));
    }

    [Fact]
    public void ClientTime_SeenAtTheBeginOfAWindow_IsNotTakenForACrowd()
    {
        var gate = _shedder.Gate(Endpoint);
        for (var index = 0; index < 40; index++)
        {
            Assert.True(gate.TryEnter(RequestPriority.Default));
        }

        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        for (var index = 0; index < 20; index++)
        {
            gate.Leave(began, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: true);
        }

        _time.Advance(TimeSpan.FromMilliseconds(60));
        gate.Leave(began, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: true);

        // Another thread has looked at the clock before the window of those ended, and looks at the next one now.
        _time.Advance(TimeSpan.FromTicks(1));
        gate.Leave(began, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: true, clientTicks: _time.TimestampFrequency / 200);
        _shedder.CloseWindow(gate, _time.GetTimestamp(), began);

        Assert.Equal(18, gate.InFlight - gate.State.WaitingForClients);
    }

    [Theory]
    [InlineData(1.5, false)]
    [InlineData(4.5, true)]
    public void RequestsThatWaitForThreads_AreRefusedOnlyOnceThatHasLasted(double seconds, bool refuses)
    {
        // Each has computed for 50 ms: they hold threads, and do not block them.
        var gate = _shedder.Gate(Endpoint);
        for (var index = 0; index < 4; index++)
        {
            Assert.True(gate.TryEnter(RequestPriority.Default));
        }

        gate.Release(0.05, 0.05);
        gate.Leave(_time.GetTimestamp(), _time.GetTimestamp(), RequestEnding.Answered, holdsThread: false);
        Saturate(0.15);
        Assert.True(_shedder.Pool.Saturated);
        var waiting = Enumerable.Range(0, 20).Select(_ => new StandIn { Priority = RequestPriority.Default, Since = _time.GetTimestamp(), Deadline = long.MaxValue }).ToList();

        var verdicts = waiting.Select(waiter => _shedder.Offer(gate, waiter)).ToList();
        Saturate(seconds);

        Assert.All(verdicts, static verdict => Assert.Equal(Verdict.Wait, verdict));
        Assert.Equal(refuses ? 0 : 20, gate.Waiting);

        void Saturate(double forSeconds)
        {
            for (var passed = 0.0; passed < forSeconds; passed += 0.01)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                _shedder.ObservePool(_time.GetTimestamp(), _time.TimestampFrequency / 20, cpu: 0.5);
                _shedder.Sweep(_time.GetTimestamp());
            }
        }
    }

    [Fact]
    public void LimitUnderWhichRequestsEnd_IsNotLifted()
    {
        var overload = Overload.Of(_shedder, Endpoint, _time);
        for (var passed = 0; passed < 80; passed++)
        {
            overload.ServeAndArrive();
            _shedder.Sweep(_time.GetTimestamp());
        }

        Assert.NotEqual(LimitFinder.Unlimited, overload.Gate.Limit);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    public void ProcessThatWasPaused_IsNotLimited(double seconds)
    {
        var gate = _shedder.Gate(Endpoint);
        var running = new Queue<long>();
        for (var index = 0; index < 3_000; index++)
        {
            Assert.True(gate.TryEnter(RequestPriority.Default));
            gate.Release(double.NaN, double.NaN);
            running.Enqueue(_time.GetTimestamp());

            // What came during the pause arrives at once after it, and ends a moment later.
            var isPause = index % 1_000 == 500;
            _time.Advance(isPause ? TimeSpan.FromSeconds(seconds) : index % 1_000 is > 500 and < 600 ? TimeSpan.FromMicroseconds(20) : TimeSpan.FromMilliseconds(5));
            while (running.Count > (index % 1_000 is > 500 and < 600 ? 90 : 4))
            {
                gate.Leave(running.Dequeue(), _time.GetTimestamp(), RequestEnding.Answered, holdsThread: false);
            }
        }

        Assert.Equal(LimitFinder.Unlimited, gate.Limit);
    }

    [Fact]
    public void TimeOfSlowClients_IsNotTheEndpoints()
    {
        // More and more uploads that take seconds, beside requests that take 5 ms.
        var gate = _shedder.Gate(Endpoint);
        var uploads = new Queue<long>();
        for (var index = 0; index < 4_000; index++)
        {
            var began = _time.GetTimestamp();
            Assert.True(gate.TryEnter(RequestPriority.Default));
            gate.Release(double.NaN, double.NaN);
            if (index % 4 == 0)
            {
                uploads.Enqueue(began);
                Assert.True(gate.TryEnter(RequestPriority.Default));
                gate.Release(double.NaN, double.NaN);
            }

            _time.Advance(TimeSpan.FromMilliseconds(5));
            gate.Leave(began, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: false);
            if (uploads.Count > 0 && _time.GetElapsedTime(uploads.Peek()) > TimeSpan.FromSeconds(1 + (index / 400.0)))
            {
                var upload = uploads.Dequeue();
                gate.Leave(upload, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: false, _time.GetTimestamp() - upload - (_time.TimestampFrequency / 200));
            }
        }

        Assert.Equal(LimitFinder.Unlimited, gate.Limit);
    }
}
