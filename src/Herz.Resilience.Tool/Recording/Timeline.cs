namespace Herz.Resilience.Tool.Recording;

/// <summary>
/// The run in slices of one second. At the capacity, neighbours are merged and slices become twice as long, so memory does
/// not depend on the length of the run.
/// </summary>
internal sealed class Timeline(int capacity = 240)
{
    private readonly List<Slice> _slices = [];
    private Slice? _half;
    private int _perSlice = 1;
    private int _inHalf;

    /// <summary>The slices in order, including the unfinished last one.</summary>
    public IReadOnlyList<Slice> Slices => _half is null ? [.. _slices] : [.. _slices, _half];

    /// <summary>Adds the slice of the next second.</summary>
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
            MergePairs();
        }
    }

    private void MergePairs()
    {
        var pairs = _slices.Chunk(2).Select(p => p.Length == 2 ? p[0].Merge(p[1]) : p[0]).ToArray();
        _slices.Clear();
        _slices.AddRange(pairs);
        _perSlice *= 2;

        // The merged slices are in the old generation, which a run otherwise never collects. The collection takes milliseconds,
        // after 4, 8 and 16 minutes.
        GC.Collect();
    }
}
