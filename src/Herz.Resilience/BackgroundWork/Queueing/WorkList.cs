namespace Herz.Resilience.BackgroundWork.Queueing;

/// <summary>All accepted work, oldest first. The items are the links, so adding or removing one under the owner's lock takes a few nanoseconds.</summary>
internal sealed class WorkList
{
    private WorkItem? _first;
    private WorkItem? _last;

    public int Count { get; private set; }

    public void Add(WorkItem item)
    {
        item.Previous = _last;
        if (_last is null)
        {
            _first = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        item.IsListed = true;
        Count++;
    }

    public void Remove(WorkItem item)
    {
        if (item.Previous is null)
        {
            _first = item.Next;
        }
        else
        {
            item.Previous.Next = item.Next;
        }

        if (item.Next is null)
        {
            _last = item.Previous;
        }
        else
        {
            item.Next.Previous = item.Previous;
        }

        (item.Previous, item.Next, item.IsListed) = (null, null, false);
        Count--;
    }

    public WorkItem[] ToArray()
    {
        var items = new WorkItem[Count];
        var index = 0;
        for (var item = _first; item is not null; item = item.Next)
        {
            items[index++] = item;
        }

        return items;
    }
}
