using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// The objects of a heap snapshot and their references, in native memory. Objects and references arrive as two streams in
/// the same order. Either stream may be ahead of the other.
/// </summary>
internal sealed class HeapGraph : IDisposable
{
    private const int Dropped = -1;

    private readonly NativeList<GraphNode> _nodes = new();
    private readonly NativeList<ulong> _edges = new();
    private readonly NativeList<Run> _expected = new();
    private readonly NativeList<ulong> _early = new();
    private int _firstExpected;
    private int _firstEarly;
    private bool _isOrdered = true;

    public int Count => _nodes.Count;

    /// <summary>Whether each object has all its references and no reference is left over.</summary>
    public bool IsWhole => _firstExpected == _expected.Count && _firstEarly == _early.Count;

    public ref GraphNode this[int node] => ref _nodes[node];

    /// <summary>Adds an object, or skips its references if it is not kept.</summary>
    public void Add(ulong address, int type, ulong references, bool isKept)
    {
        if (references > int.MaxValue)
        {
            throw new UnreadableTraceException($"the trace is damaged: an object has {references} references, more than {int.MaxValue}");
        }

        if (isKept)
        {
            _isOrdered &= _nodes.Count == 0 || _nodes[_nodes.Count - 1].Address < address;
            _nodes.Add(new GraphNode { Address = address, Type = type });
        }

        if (references > 0)
        {
            Expect(new Run { Node = isKept ? _nodes.Count - 1 : Dropped, Remaining = (long)references });
            TakeEarly();
        }
    }

    /// <summary>Adds the next reference.</summary>
    public void AddEdge(ulong target)
    {
        if (_firstExpected == _expected.Count)
        {
            _early.Add(target);
            return;
        }

        ref var run = ref _expected[_firstExpected];
        if (run.Node != Dropped)
        {
            ref var node = ref _nodes[run.Node];
            node.First = node.Count == 0 ? _edges.Count : node.First;
            node.Count++;
            _edges.Add(target);
        }

        if (--run.Remaining == 0 && ++_firstExpected == _expected.Count)
        {
            _expected.Clear();
            _firstExpected = 0;
        }
    }

    /// <summary>Sorts the objects by address, which <see cref="Find"/> requires.</summary>
    public void Seal()
    {
        if (!_isOrdered)
        {
            _nodes.Items.Sort(static (a, b) => a.Address.CompareTo(b.Address));
            _isOrdered = true;
        }
    }

    /// <summary>The references of an object.</summary>
    public ReadOnlySpan<ulong> References(int node) =>
        node < 0 || _nodes[node].Count == 0 ? [] : _edges.Items.Slice(_nodes[node].First, _nodes[node].Count);

    /// <summary>The index of the object at an address; -1 if none was kept.</summary>
    public int Find(ulong address)
    {
        var low = 0;
        var high = _nodes.Count - 1;
        while (low <= high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            var at = _nodes[middle].Address;
            if (at == address)
            {
                return middle;
            }

            (low, high) = at < address ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    public void Clear()
    {
        _nodes.Clear();
        _edges.Clear();
        _expected.Clear();
        _early.Clear();
        _firstExpected = 0;
        _firstEarly = 0;
        _isOrdered = true;
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _edges.Dispose();
        _expected.Dispose();
        _early.Dispose();
    }

    private void Expect(in Run run)
    {
        if (run.Node == Dropped && _expected.Count > _firstExpected && _expected[_expected.Count - 1].Node == Dropped)
        {
            _expected[_expected.Count - 1].Remaining += run.Remaining;
            return;
        }

        _expected.Add(run);
    }

    private void TakeEarly()
    {
        while (_firstEarly < _early.Count && _firstExpected < _expected.Count)
        {
            AddEdge(_early[_firstEarly++]);
        }

        if (_firstEarly == _early.Count)
        {
            _early.Clear();
            _firstEarly = 0;
        }
    }

    private struct Run
    {
        public int Node;
        public long Remaining;
    }
}
