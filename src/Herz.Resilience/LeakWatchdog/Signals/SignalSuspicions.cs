namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The suspected signals. Reports each change once. A signal is cleared after two analyses without a trend.</summary>
internal sealed class SignalSuspicions
{
    private const int AnalysesToClear = 2;
    private readonly double?[] _growth = new double?[SignalCatalog.Count];
    private readonly double[] _value = new double[SignalCatalog.Count];
    private readonly int[] _withoutTrend = new int[SignalCatalog.Count];

    /// <summary>The growth per sample of a suspected signal; null if it is not suspected.</summary>
    public double? this[Signal signal] => _growth[(int)signal];

    /// <summary>Whether any signal is suspected.</summary>
    public bool IsAnySuspected => Array.Exists(_growth, static growth => growth is not null);

    /// <summary>The suspected signals.</summary>
    public SuspectedSignal[] Suspected =>
    [
        .. Enumerable.Range(0, SignalCatalog.Count)
            .Where(index => _growth[index] is not null)
            .Select(index => new SuspectedSignal((Signal)index, SignalCatalog.All[index].Name, _value[index])),
    ];

    public void Clear()
    {
        Array.Clear(_growth);
        Array.Clear(_withoutTrend);
    }

    /// <returns>True if the signal became suspected, false if it was cleared, null if nothing changed.</returns>
    public bool? Update(Signal signal, double value, double? growth)
    {
        var index = (int)signal;
        _value[index] = value;
        var was = _growth[index] is not null;
        if (growth is not null)
        {
            _withoutTrend[index] = 0;
            _growth[index] = growth;
            return was ? null : true;
        }

        if (!was || ++_withoutTrend[index] < AnalysesToClear)
        {
            return null;
        }

        _growth[index] = null;
        return false;
    }
}

/// <summary>A signal that keeps growing.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value in the last sample.</param>
internal sealed record SuspectedSignal(Signal Signal, string Name, double Value);
