using Herz.Resilience.LoadShedding;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LoadShedding;

/// <summary>Brings an endpoint to its limit: as if it were served one after the other in 5 ms each, and asked twice as often.</summary>
internal sealed class Overload
{
    private static readonly TimeSpan s_service = TimeSpan.FromMilliseconds(5);

    private readonly Shedder _shedder;
    private readonly EndpointGate _gate;
    private readonly FakeTimeProvider _time;
    private readonly Queue<long> _inFlight = new();

    private Overload(Shedder shedder, EndpointGate gate, FakeTimeProvider time)
    {
        _shedder = shedder;
        _gate = gate;
        _time = time;
    }

    public EndpointGate Gate => _gate;

    /// <summary>The endpoint is limited then, every place is taken, and none waits.</summary>
    public static Overload Of(Shedder shedder, string endpoint, FakeTimeProvider time)
    {
        var overload = new Overload(shedder, shedder.Gate(endpoint), time);
        for (var index = 0; index < 4_000 && overload._gate.State.Finder.Phase != LimitPhase.Limiting; index++)
        {
            overload.ServeAndArrive();
            shedder.Sweep(time.GetTimestamp());
        }

        Assert.True(overload._gate.State.Finder.IsOverloaded);
        while (overload._gate.InFlight > overload._gate.Limit || overload._gate.Waiting > 0)
        {
            overload.Serve();
        }

        while (overload.TryEnter())
        {
        }

        return overload;
    }

    /// <summary>Ends the request that came first.</summary>
    public void Serve()
    {
        _time.Advance(s_service);
        if (_inFlight.TryDequeue(out var began))
        {
            _gate.Leave(began, _time.GetTimestamp(), RequestEnding.Answered, holdsThread: false);
        }
    }

    /// <summary>Ends the request that came first while two others come.</summary>
    public void ServeAndArrive()
    {
        Arrive();
        Arrive();
        Serve();
    }

    private void Arrive()
    {
        if (!TryEnter() && _shedder.Offer(_gate, new Held(this) { Priority = RequestPriority.Default, Since = _time.GetTimestamp(), Deadline = long.MaxValue }) == Verdict.Admitted)
        {
            Begin();
        }
    }

    private bool TryEnter()
    {
        if (!_gate.TryEnter(RequestPriority.Default))
        {
            return false;
        }

        Begin();
        return true;
    }

    private void Begin()
    {
        _gate.Release(double.NaN, double.NaN);
        _inFlight.Enqueue(_time.GetTimestamp());
    }

    private sealed class Held(Overload overload) : Waiter
    {
        public override void Settle(bool admitted, long now)
        {
            if (admitted)
            {
                overload.Begin();
            }
        }
    }
}
