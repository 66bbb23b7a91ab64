using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork;

/// <summary>Groups the operations of a profile and counts them. All functions are pure.</summary>
internal static class PendingGrouping
{
    /// <summary>Groups all operations by method and awaited call. Each method of a chain counts.</summary>
    public static IReadOnlyList<PendingGroup> ByMethod(IReadOnlyList<PendingOperation> operations) =>
        Count(operations, innermostOnly: false, static (in PendingOperation o) => new Key(o.Kind, o.Method, o.Awaits, o.State, null, null));

    /// <summary>Groups like <see cref="ByMethod"/>, and by origin.</summary>
    public static IReadOnlyList<PendingGroup> ByOrigin(IReadOnlyList<PendingOperation> operations) =>
        Count(operations, innermostOnly: false, static (in PendingOperation o) => new Key(o.Kind, o.Method, o.Awaits, o.State, o.Origin?.Label, null));

    /// <summary>Groups the innermost operations by call stack. Each chain counts once.</summary>
    public static IReadOnlyList<PendingGroup> ByStack(IReadOnlyList<PendingOperation> operations) =>
        Count(operations, innermostOnly: true, static (in PendingOperation o) => new Key(o.Kind, o.Method, o.Awaits, o.State, null, o.Stack));

    private static List<PendingGroup> Count(IReadOnlyList<PendingOperation> operations, bool innermostOnly, KeyOf keyOf)
    {
        var counts = new Dictionary<Key, int>();
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            if (operation.IsInnermost || !innermostOnly)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, keyOf(operation), out _)++;
            }
        }

        var groups = new List<PendingGroup>(counts.Count);
        foreach (var (key, count) in counts)
        {
            groups.Add(new PendingGroup(key.Kind, key.Method, key.Awaits, key.State, key.Origin, key.Stack?.ToString(), count));
        }

        groups.Sort(LargestFirst);
        return groups;
    }

    private static int LargestFirst(PendingGroup a, PendingGroup b)
    {
        var order = b.Count.CompareTo(a.Count);
        order = order != 0 ? order : string.CompareOrdinal(a.Stack ?? a.Method, b.Stack ?? b.Method);
        order = order != 0 ? order : string.CompareOrdinal(a.Awaits, b.Awaits);
        order = order != 0 ? order : string.CompareOrdinal(a.Origin, b.Origin);
        return order != 0 ? order : (a.Kind, a.State).CompareTo((b.Kind, b.State));
    }

    private delegate Key KeyOf(in PendingOperation operation);

    private readonly record struct Key(
        PendingKind Kind, string Method, string Awaits, PendingState State, string? Origin, PendingStackTrace? Stack);
}
