namespace Herz.Resilience.Metrics.Series;

/// <summary>Where the measurements of one instrument go.</summary>
internal abstract class InstrumentSink
{
    /// <summary>Takes one measurement. Never throws: what cannot be taken is counted.</summary>
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
