namespace Herz.Resilience.PendingWork;

/// <summary>Makes equal stacks one object, so that a profile of many operations stays small and is grouped by reference.</summary>
internal sealed class PendingStackTable
{
    private readonly Dictionary<(string Method, PendingStackTrace? Caller), PendingStackTrace> _stacks = [];

    public PendingStackTrace Get(string method, PendingStackTrace? caller)
    {
        if (!_stacks.TryGetValue((method, caller), out var stack))
        {
            stack = new PendingStackTrace(method, caller);
            _stacks.Add((method, caller), stack);
        }

        return stack;
    }
}
