namespace Herz.Resilience.PendingWork;

/// <summary>Stores equal stacks as one object, so that large profiles stay small and grouping compares references.</summary>
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
