using System.Runtime.CompilerServices;
using Herz.Resilience.LoadShedding;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.LoadShedding;

/// <summary>
/// Every order in which the steps of a few requests can come, on the real classes: arrive, be settled, begin, return the
/// thread, end, with clients that leave and sweeps in between. No place may be lost or given back twice.
/// </summary>
public sealed class AdmissionModelTests
{
    private const long Frequency = 1_000_000;

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 1)]
    public void EveryOrderOfSteps_GivesEachPlaceBackOnce(int requests, int limit, int disturbances)
    {
        var runs = Interleavings.Each(search => new Run(search, requests, limit, disturbances).Execute());

        Assert.True(runs > 500, $"{runs} orders");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetLimit")]
    private static extern void SetLimit(LimitFinder finder, double limit);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Phase")]
    private static extern void SetPhase(LimitFinder finder, LimitPhase phase);

    private sealed class Run
    {
        private readonly Interleavings _search;
        private readonly Shedder _shedder = new(new ShedderSettings(1, 50_000), Frequency, cores: 2);
        private readonly EndpointGate _gate;
        private readonly Client[] _clients;
        private int _disturbances;
        private long _now = Frequency;

        public Run(Interleavings search, int requests, int limit, int disturbances)
        {
            _search = search;
            _disturbances = disturbances;
            _gate = _shedder.Gate("GET /orders");
            SetLimit(_gate.State.Finder, limit);
            SetPhase(_gate.State.Finder, LimitPhase.Limiting);
            _gate.State.StartWindow(_gate.ReadEnded(), _now, inFlight: 0);
            _gate.CheckWindowAt_NeedsLock(long.MaxValue);
            _gate.PublishLimit_NeedsLock();
            _clients = [.. Enumerable.Range(0, requests).Select(index => new Client(this, (RequestPriority)(index % 3)))];
            Array.ForEach(_clients, static client => client.Start());
        }

        public void Execute()
        {
            while (true)
            {
                List<Action> steps = [.. _clients.Select(static client => client.Next).OfType<Action>()];
                if (_disturbances > 0)
                {
                    steps.Add(() => Sweep(_now + 200_000));
                    steps.AddRange(_clients.Where(static client => client.CanLeave).Select(static client => (Action)client.Leave));
                }
                else if (steps.Count == 0 && _shedder.HasWaiting)
                {
                    // Nothing but time is left for those that wait.
                    steps.Add(() => Sweep(_now + 1_000_000));
                }

                if (steps.Count == 0 || _clients.All(static client => client.IsDone))
                {
                    break;
                }

                steps[_search.Choose(steps.Count)]();
            }

            Assert.All(_clients, static client => Assert.True(client.IsDone));
            Assert.Equal(0, _gate.InFlight);
            Assert.Equal(0, _gate.HeldThreads);
            Assert.Equal(0, _gate.Waiting);
            Assert.False(_shedder.HasWaiting);
            Assert.All(_clients, static client => Assert.True(client.Settled == client.Waited, $"settled {client.Settled} times, waited {client.Waited}"));
        }

        private void Sweep(long now)
        {
            _disturbances--;
            _now = now;
            _shedder.Sweep(now);
        }

        /// <summary>One request, as the guard and the pipeline treat it.</summary>
        private sealed class Client(Run run, RequestPriority priority)
        {
            private bool _admitted;
            private bool _isGone;
            private bool _begun;

            public int Waited { get; private set; }

            public int Settled { get; private set; }

            public bool IsDone { get; private set; }

            public bool CanLeave => !_isGone && !IsDone;

            /// <summary>Its next step; null if it waits, or is done.</summary>
            public Action? Next { get; private set; }

            public void Start() => Next = Arrive;

            public void Leave()
            {
                run._disturbances--;
                _isGone = true;
            }

            private void Arrive()
            {
                Next = null;
                if (run._gate.TryEnter(priority))
                {
                    Begin();
                    return;
                }

                var waiter = new Place(this) { Priority = priority, Since = run._now, Deadline = long.MaxValue };
                switch (run._shedder.Offer(run._gate, waiter))
                {
                    case Verdict.Admitted:
                        Begin();
                        break;
                    case Verdict.Refused:
                        IsDone = true;
                        break;
                    default:
                        Waited++;
                        break;
                }
            }

            // On a thread of the pool, some time after it was settled.
            private void Execute()
            {
                Next = null;
                if (!_admitted)
                {
                    IsDone = true;
                }
                else if (_isGone)
                {
                    run._gate.Leave(run._now, run._now, RequestEnding.Unused, holdsThread: true);
                    IsDone = true;
                }
                else
                {
                    Begin();
                }
            }

            private void Begin()
            {
                Assert.False(_begun);
                _begun = true;
                Next = Release;
            }

            private void Release()
            {
                run._gate.Release(double.NaN, double.NaN);
                Next = End;
            }

            private void End()
            {
                Next = null;
                IsDone = true;
                run._gate.Leave(run._now, run._now, _isGone ? RequestEnding.GivenUp : RequestEnding.Answered, holdsThread: false);
            }

            private sealed class Place(Client client) : Waiter
            {
                public override void Settle(bool admitted, long now)
                {
                    client.Settled++;
                    client._admitted = admitted;
                    client.Next = client.Execute;
                }
            }
        }
    }
}
