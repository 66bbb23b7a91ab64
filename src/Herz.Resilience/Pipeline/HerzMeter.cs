using System.Diagnostics.Metrics;

namespace Herz.Resilience.Pipeline;

/// <summary>The meter of this host, <c>Herz.Resilience</c>.</summary>
internal sealed class HerzMeter(IMeterFactory factory)
{
    public const string Name = "Herz.Resilience";

    private readonly Meter _meter = factory.Create(Name);

    public Meter Meter => _meter;

    public TInstrument Create<TInstrument>(Func<Meter, TInstrument> create) where TInstrument : Instrument => create(_meter);
}
