namespace Herz.Resilience.Tool.Recording;

/// <summary>
/// The run in slices of one second; when there are too many, neighbours are merged and slices get twice as long, so that
/// a run of any length takes the same memory.
/// </summary>
internal sealed class Timeline(int capacity = 240)
{
    private readonly List<Slice> _slices = [];
    private Slice? _half;
    private int _perSlice = 1;
    private int _inHalf;

    /// <summary>The slices in order, the unfinished last one included.</summary>
    public IReadOnlyList<Slice> Slices => _half is null ? [.. _slices] : [.. _slices, _half];

    /// <summary>Adds the next second.</summary>
    public void Add(Slice second)
    {
        _half = _half is null ? second : _half.Merge(second);
        if (++_inHalf < _perSlice)
        {
            return;
        }

        _slices.Add(_half);
        _half = null;
        _inHalf = 0;
        if (_slices.Count >= capacity)
        {
            Fold();
        }
    }

    private void Fold()
    {
        var pairs = _slices.Chunk(2).Select(p => p.Length == 2 ? p[0].Merge(p[1]) : p[0]).ToArray();
        _slices.Clear();
        _slices.AddRange(pairs);
        _perSlice *= 2;

        // What was folded has grown old, and nothing else in a run is worth a collection of what is old. It takes milliseconds, after
        // 4 minutes, after 8, after 16.
        GC.Collect();
    }
}
