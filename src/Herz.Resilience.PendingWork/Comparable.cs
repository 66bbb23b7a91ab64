namespace Herz.Resilience.PendingWork;

/// <summary>What two captures both tell of, and in words what only one of them does.</summary>
internal sealed class Comparable
{
    private readonly bool _threads = true;
    private readonly bool _timers = true;
    private readonly bool _registrations = true;
    private readonly bool _promises = true;

    public Comparable(PendingWorkProfile before, PendingWorkProfile after)
    {
        var notes = new List<string>();
        Notes = notes;
        if ((before.Way == CaptureWay.None) != (after.Way == CaptureWay.None))
        {
            notes.Add($"the {(before.Way == CaptureWay.None ? "earlier" : "later")} capture read nothing: all that the other holds is listed as a change");
        }
        else if ((before.Way == CaptureWay.EventPipe) != (after.Way == CaptureWay.EventPipe))
        {
            notes.Add($"read by {before.Way} before and by {after.Way} now: what only one of them tells, such as origins and threads, is listed as a change");
        }

        // A profile that was put together by hand was asked for nothing.
        if (before.Asked is { } was && after.Asked is { } isNow)
        {
            _threads = Both(was.Threads, isNow.Threads, "threads");
            _timers = Both(was.Timers, isNow.Timers, "timers");
            _registrations = Both(was.Registrations, isNow.Registrations, "registrations");
            _promises = Both(was.Promises, isNow.Promises, "tasks without a body") & Both(was.IdlePromises, isNow.IdlePromises, "tasks without a body that nobody awaits");
            Both(was.HeapByType, isNow.HeapByType, "objects by type");
        }

        bool Both(bool was, bool isNow, string what)
        {
            if (was != isNow)
            {
                notes.Add($"{what} are left out: only the {(was ? "earlier" : "later")} capture was asked for them");
            }

            return was == isNow;
        }
    }

    public IReadOnlyList<string> Notes { get; }

    public bool Holds(PendingGroup group) => group.Kind switch
    {
        PendingKind.BlockedThread => _threads,
        PendingKind.Timer => _timers,
        PendingKind.Registration => _registrations,
        PendingKind.Promise => _promises,
        _ => true,
    };
}
