using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Threads;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Queueing;

/// <summary>
/// The queues of all endpoints: which request is admitted, waits or is refused when there is no room at once. Under the lock of the
/// shedder.
/// </summary>
/// <param name="threads">Who may hold threads.</param>
/// <param name="windows">Ends experiments that hold requests for too long.</param>
/// <param name="perSecond">Clock ticks per second.</param>
internal sealed class AdmissionQueues(ThreadShare threads, WindowKeeper windows, double perSecond)
{
    private const int ShortestQueue = 4;
    private const int BurstTimes = 4;
    private const double BurstSeconds = 1;
    private const double StandingSeconds = 0.020;

    private readonly List<EndpointGate> _queued = [];
    private volatile int _waiting;

    /// <summary>How many requests wait; readable without the lock.</summary>
    public int Waiting => _waiting;

    /// <summary>Decides about a request that found no room at once.</summary>
    /// <param name="gate">Its endpoint.</param>
    /// <param name="waiter">The request.</param>
    /// <param name="settings">The bounds in force.</param>
    /// <param name="displaced">A less important request that must be refused in its favor; null for none.</param>
    public Verdict Place_NeedsLock(EndpointGate gate, Waiter waiter, ShedderSettings settings, out Waiter? displaced)
    {
        displaced = null;
        var (now, queue, finder) = (waiter.Since, gate.State.Queue, gate.State.Finder);
        if (queue.Count == 0 && HasRoom(gate, waiter.Priority))
        {
            // Even then, a handler that holds its thread starts from the queue, behind the arrivals that wait for a thread: those cost
            // little, and the decision is about them.
            if (!threads.IsLimited(gate) && !gate.IsInBulkhead)
            {
                gate.Admit_NeedsLock();
                return Verdict.Admitted;
            }

            waiter.LatestStart = now + settings.MaxQueueTime;
            return Add_NeedsLock(gate, waiter);
        }

        var queueTime = QueueTime(gate, now, settings);
        var expected = double.IsNaN(finder.BaselineSeconds) ? 0 : finder.BaselineSeconds;
        var latest = waiter.Deadline == long.MaxValue ? long.MaxValue : waiter.Deadline - (long)(expected * perSecond);
        waiter.LatestStart = Math.Min(latest, now + queueTime);
        if (finder.IsOnTrial || (!MayRefuse(gate) && queue.Count < settings.MaxWaiting))
        {
            // What only delays never refuses; a held request costs no more than one in flight.
            waiter.HeldUntil = Math.Min(waiter.Deadline, now + (long)(finder.LongestHold * perSecond));
            return Add_NeedsLock(gate, waiter);
        }

        var capacity = finder.Capacity;
        var ahead = IsStanding(gate, now, settings) ? 0 : queue.CountFrom(waiter.Priority);
        if (waiter.LatestStart <= now || ahead / capacity * perSecond > waiter.LatestStart - now)
        {
            return Verdict.Refused;
        }

        var room = Math.Min(Math.Max((int)(capacity * queueTime / perSecond), ShortestQueue), settings.MaxWaiting);
        if (queue.Count >= room)
        {
            displaced = queue.GiveUp(waiter.Priority);
            if (displaced is null)
            {
                return Verdict.Refused;
            }

            Removed_NeedsLock(gate);
        }

        return Add_NeedsLock(gate, waiter);
    }

    /// <summary>Takes the next request whose wait is over, from the queues of all endpoints.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether every request is checked for expiry, and not only the oldest of each queue.</param>
    /// <param name="settings">The bounds in force.</param>
    /// <param name="waiter">The request.</param>
    /// <param name="admitted">Whether it is in flight now; otherwise it must be refused.</param>
    public bool TryTake_NeedsLock(long now, bool all, ShedderSettings settings, out Waiter? waiter, out bool admitted)
    {
        EndpointGate? best = null;
        foreach (var gate in _queued)
        {
            if (TakeExpired_NeedsLock(gate, now, all, out admitted) is { } expired)
            {
                waiter = expired;
                return true;
            }

            if (HasRoom(gate, gate.State.Queue.Next) && (best is null || IsBefore(gate, best)))
            {
                best = gate;
            }
        }

        if (best is null)
        {
            (waiter, admitted) = (null, false);
            return false;
        }

        waiter = best.State.Queue.Take(IsStanding(best, now, settings));
        Removed_NeedsLock(best);
        admitted = Settle_NeedsLock(best, waiter.LatestStart > now || !MayRefuse(best));
        return true;
    }

    private static bool IsBefore(EndpointGate gate, EndpointGate other) =>
        gate.State.Queue.Next > other.State.Queue.Next || (gate.State.Queue.Next == other.State.Queue.Next && gate.HeldThreads < other.HeldThreads);

    private static bool Settle_NeedsLock(EndpointGate gate, bool admitted)
    {
        gate.State.Refused |= !admitted;
        if (admitted)
        {
            gate.Admit_NeedsLock();
        }

        return admitted;
    }

    private Waiter? TakeExpired_NeedsLock(EndpointGate gate, long now, bool all, out bool admitted)
    {
        admitted = false;
        var mayRefuse = MayRefuse(gate);
        var expiry = mayRefuse ? Expiry.LatestStart : gate.State.Finder.IsUnproven ? Expiry.HeldUntil : Expiry.Deadline;
        if (gate.State.Queue.TakeExpired(now, all, expiry) is not { } expired)
        {
            return null;
        }

        Removed_NeedsLock(gate);
        admitted = Settle_NeedsLock(gate, !mayRefuse && expired.Deadline > now);
        if (admitted)
        {
            // No experiment may hold a request for longer, even if it has shown nothing.
            windows.GiveUp_NeedsLock(gate, now, now);
        }

        return expired;
    }

    private Verdict Add_NeedsLock(EndpointGate gate, Waiter waiter)
    {
        if (gate.State.Queue.Count == 0)
        {
            _queued.Add(gate);
            gate.State.QueuedSince = waiter.Since;
        }

        gate.State.Queue.Add(waiter);
        gate.PublishWaiting_NeedsLock();
        _waiting++;
        return Verdict.Wait;
    }

    private void Removed_NeedsLock(EndpointGate gate)
    {
        gate.PublishWaiting_NeedsLock();
        _waiting--;
        if (gate.State.Queue.Count == 0)
        {
            _queued.Remove(gate);
        }
    }

    private bool HasRoom(EndpointGate gate, RequestPriority priority) => gate.InFlight < gate.LimitFor(priority) && threads.HasRoom(gate);

    // Neither during an experiment nor once the limit is lifted, nor when the pool has only just become saturated.
    private bool MayRefuse(EndpointGate gate) =>
        !gate.State.Finder.IsOnTrial && (gate.Limit != LimitFinder.Unlimited || (threads.IsLimited(gate) && threads.IsLasting));

    // A queue that was empty a moment ago is a burst, which may take longer. One that does not drain is overload (the delay of
    // "Fail at Scale").
    private long QueueTime(EndpointGate gate, long now, ShedderSettings settings) =>
        gate.State.Queue.Count == 0 || now - gate.State.QueuedSince < BurstSeconds * perSecond ? BurstTimes * settings.MaxQueueTime : settings.MaxQueueTime;

    private bool IsStanding(EndpointGate gate, long now, ShedderSettings settings) =>
        gate.State.Queue is { Count: > 0 } queue && now - queue.OldestSince > (gate.State.Finder.IsUnproven ? settings.MaxQueueTime : StandingSeconds * perSecond);
}

/// <summary>The decision about a request.</summary>
internal enum Verdict
{
    /// <summary>It is in flight.</summary>
    Admitted,

    /// <summary>It is queued, and will be settled once.</summary>
    Wait,

    /// <summary>It cannot be served in time.</summary>
    Refused,
}
