using Herz.Resilience.LoadShedding;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LoadShedding;

/// <summary>Brings an endpoint to its limit: as if it were served one after the other in 5 ms each, and asked twice as often.</summary>
internal sealed class Overload
{
    private static readonly TimeSpan s_service = TimeSpan.FromMilliseconds(5);

    private readonly EndpointGate _gate;
    private readonly FakeTimeProvider _time;
    private readonly Queue<long> _inFlight = new();

    private Overload(EndpointGate gate, FakeTimeProvider time)
    {
        _gate = gate;
        _time = time;
    }

    public EndpointGate Gate => _gate;

    /// <summary>The endpoint is limited then, and every place is taken.</summary>
    public static Overload Of(Shedder shedder, string endpoint, FakeTimeProvider time)
    {
        var overload = new Overload(shedder.Gate(endpoint), time);
        for (var index = 0; index < 200; index++)
        {
            overload.TryEnter();
            overload.Serve();
        }

        for (var index = 0; index < 2_000 && overload._gate.Finder.Phase != LimitPhase.Limiting; index++)
        {
            overload.TryEnter();
            overload.TryEnter();
            overload.Serve();
        }

        Assert.True(overload._gate.Finder.IsOverloaded);
        while (overload._gate.InFlight > overload._gate.Limit)
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
            _gate.Leave(began, _time.GetTimestamp(), PlaceEnding.Answered, held: false);
        }
    }

    private bool TryEnter()
    {
        if (!_gate.TryEnter(RequestPriority.Default))
        {
            return false;
        }

        _gate.Release(double.NaN, double.NaN);
        _inFlight.Enqueue(_time.GetTimestamp());
        return true;
    }
}
