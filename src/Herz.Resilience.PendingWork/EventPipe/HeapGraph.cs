using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// The objects of a heap snapshot and what they refer to, outside of the managed heap. Objects and references come as two
/// streams, either of which may be ahead: the references are those of the objects, in the same order.
/// </summary>
internal sealed class HeapGraph : IDisposable
{
    private const int Dropped = -1;

    private readonly NativeList<GraphNode> _nodes = new();
    private readonly NativeList<ulong> _edges = new();
    private readonly NativeList<Run> _waiting = new();
    private readonly NativeList<ulong> _early = new();
    private int _firstWaiting;
    private int _firstEarly;
    private bool _isOrdered = true;

    public int Count => _nodes.Count;

    /// <summary>Whether each object has all its references, and none is left over.</summary>
    public bool IsWhole => _firstWaiting == _waiting.Count && _firstEarly == _early.Count;

    public ref GraphNode this[int node] => ref _nodes[node];

    /// <summary>Adds an object, or only passes over its references.</summary>
    public void Add(ulong address, int type, ulong references, bool isKept)
    {
        if (references > int.MaxValue)
        {
            throw new UnreadableTraceException($"the trace is damaged: an object of {references} references");
        }

        if (isKept)
        {
            _isOrdered &= _nodes.Count == 0 || _nodes[_nodes.Count - 1].Address < address;
            _nodes.Add(new GraphNode { Address = address, Type = type });
        }

        if (references > 0)
        {
            Expect(new Run { Node = isKept ? _nodes.Count - 1 : Dropped, Left = (long)references });
            TakeEarly();
        }
    }

    /// <summary>Adds the next reference.</summary>
    public void AddEdge(ulong target)
    {
        if (_firstWaiting == _waiting.Count)
        {
            _early.Add(target);
            return;
        }

        ref var run = ref _waiting[_firstWaiting];
        if (run.Node != Dropped)
        {
            ref var node = ref _nodes[run.Node];
            node.First = node.Count == 0 ? _edges.Count : node.First;
            node.Count++;
            _edges.Add(target);
        }

        if (--run.Left == 0 && ++_firstWaiting == _waiting.Count)
        {
            _waiting.Clear();
            _firstWaiting = 0;
        }
    }

    /// <summary>Orders the objects so that they can be found.</summary>
    public void Seal()
    {
        if (!_isOrdered)
        {
            _nodes.Items.Sort(static (a, b) => a.Address.CompareTo(b.Address));
            _isOrdered = true;
        }
    }

    /// <summary>What an object refers to.</summary>
    public ReadOnlySpan<ulong> References(int node) =>
        node < 0 || _nodes[node].Count == 0 ? [] : _edges.Items.Slice(_nodes[node].First, _nodes[node].Count);

    /// <summary>The object at an address; -1 for none that was kept.</summary>
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
        _waiting.Clear();
        _early.Clear();
        _firstWaiting = 0;
        _firstEarly = 0;
        _isOrdered = true;
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _edges.Dispose();
        _waiting.Dispose();
        _early.Dispose();
    }

    private void Expect(in Run run)
    {
        if (run.Node == Dropped && _waiting.Count > _firstWaiting && _waiting[_waiting.Count - 1].Node == Dropped)
        {
            _waiting[_waiting.Count - 1].Left += run.Left;
            return;
        }

        _waiting.Add(run);
    }

    private void TakeEarly()
    {
        while (_firstEarly < _early.Count && _firstWaiting < _waiting.Count)
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
        public long Left;
    }
}
