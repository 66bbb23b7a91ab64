namespace Herz.Resilience.Metrics.Series;

/// <summary>Receives the measurements of one instrument.</summary>
internal abstract class InstrumentSink
{
    /// <summary>Records one measurement. Never throws: rejected measurements are counted.</summary>
    public abstract void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Called before the observable instruments of the meter are read.</summary>
    public virtual void BeginObservation()
    {
    }

    /// <summary>Called after the observable instruments of the meter were read.</summary>
    public virtual void EndObservation()
    {
    }
}
