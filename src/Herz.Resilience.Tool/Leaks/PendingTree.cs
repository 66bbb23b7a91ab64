namespace Herz.Resilience.Tool.Leaks;

/// <summary>A tree of paths with the count of operations below each node.</summary>
internal sealed class PendingTree
{
    private readonly Dictionary<string, PendingTree> _children = new(StringComparer.Ordinal);

    private PendingTree(params IReadOnlyList<string> names) => Names = names;

    /// <summary>Names from the parent node to this node, outermost first; more than one if there is no branch between them.</summary>
    public IReadOnlyList<string> Names { get; private set; }

    /// <summary>Number of operations below.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the absolute counts below; in a difference, increases and decreases both add to it.</summary>
    public long Moved { get; private set; }

    /// <summary>Called or awaited operations, highest count first.</summary>
    public IReadOnlyList<PendingTree> Children { get; private set; } = [];

    /// <summary>The tree of a capture.</summary>
    public static PendingTree Of(IEnumerable<PendingStack> stacks) => Build(stacks.Select(s => (s, s.Count)));

    /// <summary>The tree of the changes between two captures, without unchanged paths.</summary>
    public static PendingTree Difference(IReadOnlyList<PendingStack> before, IReadOnlyList<PendingStack> after)
    {
        var changes = new Dictionary<string, (PendingStack Stack, long Change)>(StringComparer.Ordinal);
        foreach (var (stack, sign) in after.Select(s => (s, 1)).Concat(before.Select(s => (s, -1))))
        {
            changes[stack.Key] = (stack, changes.GetValueOrDefault(stack.Key).Change + (sign * stack.Count));
        }

        return Build(changes.Values.Where(c => c.Change != 0));
    }

    private static PendingTree Build(IEnumerable<(PendingStack Stack, long Count)> stacks)
    {
        var root = new PendingTree();
        foreach (var (stack, count) in stacks)
        {
            root.Add(stack.Path, 0, count);
        }

        root.Compact();
        return root;
    }

    private void Add(IReadOnlyList<string> path, int depth, long count)
    {
        Count += count;
        Moved += Math.Abs(count);
        if (depth == path.Count)
        {
            return;
        }

        if (!_children.TryGetValue(path[depth], out var child))
        {
            _children[path[depth]] = child = new PendingTree(path[depth]);
        }

        child.Add(path, depth + 1, count);
    }

    // Increases come first, so a leak is at the top.
    private void Compact()
    {
        foreach (var child in _children.Values)
        {
            child.Compact();
            while (child._children.Count == 1)
            {
                var only = child._children.Values.Single();
                child.Names = [.. child.Names, .. only.Names];
                child._children.Clear();
                foreach (var (name, below) in only._children)
                {
                    child._children.Add(name, below);
                }

                child.Children = only.Children;
            }
        }

        Children = [.. _children.Values.OrderByDescending(c => c.Count).ThenByDescending(c => c.Moved).ThenBy(c => c.Names[0], StringComparer.Ordinal)];
    }
}
