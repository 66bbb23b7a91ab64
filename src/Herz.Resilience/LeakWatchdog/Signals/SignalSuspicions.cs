namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>Which signals are suspected now; tells each change once. A signal is cleared after two judgements without a trend.</summary>
internal sealed class SignalSuspicions
{
    private const int JudgementsToClear = 2;
    private readonly double?[] _growth = new double?[SignalCatalog.Count];
    private readonly int[] _calm = new int[SignalCatalog.Count];

    /// <summary>The growth per sample of a suspected signal, or null.</summary>
    public double? this[Signal signal] => _growth[(int)signal];

    /// <summary>The names of those that are suspected.</summary>
    public IEnumerable<string> Suspected => SignalCatalog.All.Where((_, index) => _growth[index] is not null).Select(static signal => signal.Name);

    /// <returns>True when it became suspected, false when it was cleared, null when nothing changed.</returns>
    public bool? Update(Signal signal, double? growth)
    {
        var index = (int)signal;
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
