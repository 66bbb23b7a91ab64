namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>
/// The work of <see cref="IBackgroundWork.RunOnce(string, string, Func{CancellationToken, Task}, WorkItemOptions?)"/> by name and key: the holder of the key, and its
/// successor, which waits until a cancelled holder has ended. Not thread-safe; the owner holds a lock.
/// </summary>
internal sealed class WorkKeys
{
    private readonly Dictionary<(string Name, string Key), (WorkItem Holder, WorkItem? Successor)> _entries = [];

    /// <summary>Finds the work that a caller with this name and key shares.</summary>
    /// <param name="name">The name of the work.</param>
    /// <param name="key">The key.</param>
    /// <param name="mustWait">Whether new work must wait until the holder, which is being cancelled, has ended.</param>
    public WorkItem? Find(string name, string key, out bool mustWait)
    {
        mustWait = false;
        if (!_entries.TryGetValue((name, key), out var entry) || entry.Holder.IsOver)
        {
            return null;
        }

        if (!entry.Holder.IsCancelled)
        {
            return entry.Holder;
        }

        mustWait = true;
        return entry.Successor is { IsCancelled: false } successor ? successor : null;
    }

    /// <summary>Adds accepted work.</summary>
    public void Add(WorkItem item, bool mustWait)
    {
        if (item.Key is { } key)
        {
            _entries[(item.Name, key)] = mustWait ? (_entries[(item.Name, key)].Holder, item) : (item, null);
        }
    }

    /// <summary>Removes ended work.</summary>
    /// <returns>The successor, which holds the key from now on and may run; null for none.</returns>
    public WorkItem? Remove(WorkItem item)
    {
        if (item.Key is not { } key || !_entries.TryGetValue((item.Name, key), out var entry))
        {
            return null;
        }

        if (entry.Holder == item)
        {
            return Pass((item.Name, key), entry.Successor);
        }

        if (entry.Successor == item)
        {
            _entries[(item.Name, key)] = (entry.Holder, null);
        }

        return null;
    }

    private WorkItem? Pass((string Name, string Key) key, WorkItem? successor)
    {
        if (successor is null)
        {
            _entries.Remove(key);
        }
        else
        {
            _entries[key] = (successor, null);
        }

        return successor;
    }
}
