namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>Which signals are suspected now; tells each change once. A signal is cleared after two judgements without a trend.</summary>
internal sealed class SignalSuspicions
{
    private const int JudgementsToClear = 2;
    private readonly double?[] _growth = new double?[SignalCatalog.Count];
    private readonly double[] _value = new double[SignalCatalog.Count];
    private readonly int[] _calm = new int[SignalCatalog.Count];

    /// <summary>The growth per sample of a suspected signal, or null.</summary>
    public double? this[Signal signal] => _growth[(int)signal];

    /// <summary>Those that are suspected.</summary>
    public SuspectedSignal[] Suspected =>
    [
        .. Enumerable.Range(0, SignalCatalog.Count)
            .Where(index => _growth[index] is not null)
            .Select(index => new SuspectedSignal((Signal)index, SignalCatalog.All[index].Name, _value[index])),
    ];

    public void Clear()
    {
        Array.Clear(_growth);
        Array.Clear(_calm);
    }

    /// <returns>True when it became suspected, false when it was cleared, null when nothing changed.</returns>
    public bool? Update(Signal signal, double value, double? growth)
    {
        var index = (int)signal;
        _value[index] = value;
        var was = _growth[index] is not null;
        if (growth is not null)
        {
            _calm[index] = 0;
            _growth[index] = growth;
            return was ? null : true;
        }

        if (!was || ++_calm[index] < JudgementsToClear)
        {
            return null;
        }

        _growth[index] = null;
        return false;
    }
}

/// <summary>A signal that only grows.</summary>
/// <param name="Signal">Which.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value in the last sample.</param>
internal sealed record SuspectedSignal(Signal Signal, string Name, double Value);
