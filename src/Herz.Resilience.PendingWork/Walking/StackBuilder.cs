namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Builds the call stacks of linked operations; equal stacks are built once.</summary>
internal sealed class StackBuilder(int count, Func<int, int> callerOf, Func<int, string> nameOf)
{
    private const int MaxDepth = 64;

    private readonly PendingStackTable _stacks = new();
    private readonly PendingStackTrace?[] _done = new PendingStackTrace?[count];
    private readonly int[] _chain = new int[MaxDepth];

    /// <summary>The stack of the operation with this index. Chains deeper than the maximum and cyclic chains are truncated.</summary>
    public PendingStackTrace Of(int number)
    {
        var depth = 0;
        var at = number;
        while (at >= 0 && depth < MaxDepth && _done[at] is null)
        {
            _chain[depth++] = at;
            at = callerOf(at);
        }

        var stack = at >= 0 && depth < MaxDepth ? _done[at] : null;
        while (depth > 0)
        {
            at = _chain[--depth];
            stack = _stacks.Get(nameOf(at), stack);
            _done[at] = stack;
        }

        return stack!;
    }
}
