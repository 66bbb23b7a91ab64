namespace Herz.Resilience.PendingWork;

/// <summary>The kinds of work that two captures both cover, and notes on the kinds that only one covers.</summary>
internal sealed class CommonCoverage
{
    private readonly bool _threads = true;
    private readonly bool _timers = true;
    private readonly bool _registrations = true;
    private readonly bool _promises = true;

    public CommonCoverage(PendingWorkProfile before, PendingWorkProfile after)
    {
        var notes = new List<string>();
        Notes = notes;
        if ((before.Method == CaptureMethod.None) != (after.Method == CaptureMethod.None))
        {
            notes.Add($"the {(before.Method == CaptureMethod.None ? "earlier" : "later")} capture read nothing: every operation of the other is listed as a change");
        }
        else if ((before.Method == CaptureMethod.EventPipe) != (after.Method == CaptureMethod.EventPipe))
        {
            notes.Add($"captured by {before.Method} before and by {after.Method} now: data that only one of them reports, such as origins and threads, is listed as a change");
        }

        // A profile that was not captured has no options.
        if (before.Options is { } earlier && after.Options is { } later)
        {
            _threads = Both(earlier.Threads, later.Threads, "threads");
            _timers = Both(earlier.Timers, later.Timers, "timers");
            _registrations = Both(earlier.Registrations, later.Registrations, "registrations");
            _promises = Both(earlier.Promises, later.Promises, "tasks without a body") & Both(earlier.IdlePromises, later.IdlePromises, "tasks without a body that no code awaits");
            Both(earlier.HeapByType, later.HeapByType, "objects by type");
        }

        bool Both(bool earlier, bool later, string what)
        {
            if (earlier != later)
            {
                notes.Add($"{what} are left out: only the {(earlier ? "earlier" : "later")} capture included them");
            }

            return earlier == later;
        }
    }

    public IReadOnlyList<string> Notes { get; }

    public bool Includes(PendingGroup group) => group.Kind switch
    {
        PendingKind.BlockedThread => _threads,
        PendingKind.Timer => _timers,
        PendingKind.Registration => _registrations,
        PendingKind.Promise => _promises,
        _ => true,
    };
}
