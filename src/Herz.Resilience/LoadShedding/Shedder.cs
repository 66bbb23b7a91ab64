using System.Collections.Concurrent;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.LoadShedding.Threads;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>
/// The pure core: all endpoints of an app and the threads that they share. Timestamps in, verdicts out.
/// Requests that find a place at once do not come here.
/// </summary>
internal sealed class Shedder
{
    private const int ShortestQueue = 4;
    private const int BurstTimes = 4;
    private const double BurstSeconds = 1;
    private const double Standing = 0.020;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, EndpointGate> _gates = new(StringComparer.Ordinal);
    private readonly List<EndpointGate> _queued = [];
    private readonly Action<EndpointGate>? _onChange;
    private readonly ThreadShare _threads;
    private readonly Action<EndpointGate, long, long> _close;
    private readonly Action<EndpointGate, long, long> _sweep;
    private readonly Action<EndpointGate, long, long> _giveUp;
    private readonly double _perSecond;
    private volatile ShedderSettings _settings;
    private volatile int _waiting;

    /// <param name="settings">The bounds.</param>
    /// <param name="frequency">Ticks of a timestamp in a second.</param>
    /// <param name="cores">How many handlers can run at once.</param>
    /// <param name="onChange">Told, outside of any lock, when an endpoint is found to be overloaded, or no longer.</param>
    public Shedder(ShedderSettings settings, long frequency, int cores, Action<EndpointGate>? onChange = null)
    {
        _settings = settings;
        _perSecond = frequency;
        _onChange = onChange;
        var windows = new WindowKeeper(frequency);
        _close = windows.Close_NeedsLock;
        _sweep = windows.Sweep_NeedsLock;
        _giveUp = windows.GiveUp_NeedsLock;
        _threads = new ThreadShare(_gates.Select(static pair => pair.Value), cores, frequency);
    }

    public PoolLimit Pool => _threads.Pool;

    /// <summary>The bounds; may change at any time.</summary>
    public ShedderSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public IEnumerable<EndpointGate> Gates => _gates.Values;

    public bool HasWaiting => _waiting != 0;

    /// <summary>Whether something waits or is limited, so that <see cref="Sweep"/> is needed.</summary>
    public bool IsBusy => _waiting != 0 || _gates.Any(static pair => pair.Value.Limit != LimitFinder.Unlimited && pair.Value.InFlight > 0);

    public EndpointGate Gate(string key) => _gates.GetOrAdd(key, static (key, shedder) => new EndpointGate(key, shedder), this);

    public long ToMicroseconds(long ticks) => Math.Max(0, (long)(ticks / _perSecond * 1e6));

    /// <inheritdoc cref="ThreadShare.MayBlock"/>
    public bool MayBlock(int held) => _threads.MayBlock(held);

    /// <summary>Decides about a request that found no place at once.</summary>
    public Verdict Offer(EndpointGate gate, Waiter waiter)
    {
        Verdict verdict;
        Waiter? givenUp = null;
        var now = waiter.Since;
        lock (_lock)
        {
            gate.HitLimit = true;
            gate.IsObserved = false;
            verdict = Place_NeedsLock(gate, waiter, now, ref givenUp);
            gate.Refused |= verdict == Verdict.Refused || givenUp is not null;
        }

        givenUp?.Settle(admitted: false, now);
        if (verdict == Verdict.Wait)
        {
            // A place may have become free before the request was queued.
            Pump(now);
        }

        return verdict;
    }

    /// <summary>Gives free places to those who wait, and gives up those who cannot be answered in time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether all are looked at, and not only the oldest, of which there may be many.</param>
    public void Pump(long now, bool all = false)
    {
        while (_waiting != 0)
        {
            Waiter waiter;
            bool admitted;
            lock (_lock)
            {
                if (!TryTake_NeedsLock(now, all, out waiter!, out admitted))
                {
                    return;
                }
            }

            waiter.Settle(admitted, now);
        }
    }

    /// <summary>
    /// What the ends of requests would do, while none ends: looks at experiments that run, lifts limits under which nothing
    /// moves, and gives up those that wait in vain. Called every few milliseconds while <see cref="IsBusy"/>.
    /// </summary>
    public void Sweep(long now)
    {
        foreach (var (_, gate) in _gates)
        {
            if (gate.Limit != LimitFinder.Unlimited)
            {
                Change(gate, now, now, _sweep);
            }
        }

        Pump(now, all: true);
    }

    /// <summary>Feeds the window of an endpoint to its finder, if it is long enough.</summary>
    public void Close(EndpointGate gate, long now, long began) => Change(gate, now, began, _close);

    /// <summary>What a piece of work waited for a thread, and how full the CPU is.</summary>
    /// <returns>Whether the pool became saturated, or no longer is; null if neither.</returns>
    public bool? ObservePool(long now, long delay, double cpu)
    {
        bool before, after;
        lock (_lock)
        {
            before = Pool.Saturated;
            _threads.Observe(now, delay, cpu);
            after = Pool.Saturated;
        }

        Pump(now);
        return before == after ? null : after;
    }

    private void Change(EndpointGate gate, long now, long began, Action<EndpointGate, long, long> look_NeedsLock)
    {
        bool before, after;
        lock (_lock)
        {
            before = gate.Finder.IsOverloaded;
            look_NeedsLock(gate, now, began);
            after = gate.Finder.IsOverloaded;
        }

        if (before != after)
        {
            _onChange?.Invoke(gate);
        }
    }

    private Verdict Place_NeedsLock(EndpointGate gate, Waiter waiter, long now, ref Waiter? givenUp)
    {
        if (gate.Queue.Count == 0 && HasRoom(gate, waiter.Priority))
        {
            // A handler that holds its thread starts from the queue even so, behind the arrivals that wait for a thread:
            // those cost little, and it is about them that must be decided.
            if (_threads.IsLimited(gate) || gate.IsInBulkhead)
            {
                waiter.LatestStart = now + _settings.MaxQueueTime;
                Add_NeedsLock(gate, waiter, now);
                return Verdict.Wait;
            }

            gate.Admit_NeedsLock();
            return Verdict.Admitted;
        }

        var queueTime = QueueTime(gate, now);
        var expected = double.IsNaN(gate.Finder.BaselineSeconds) ? 0 : gate.Finder.BaselineSeconds;
        var latest = waiter.Deadline == long.MaxValue ? long.MaxValue : waiter.Deadline - (long)(expected * _perSecond);
        waiter.LatestStart = Math.Min(latest, now + queueTime);
        if (gate.Finder.IsOnTrial || (!MayRefuse(gate) && gate.Queue.Count < _settings.MaxWaiting))
        {
            // What only delays never refuses; what is held costs no more than it would in flight.
            waiter.HeldUntil = Math.Min(waiter.Deadline, now + (long)(gate.Finder.LongestHold * _perSecond));
            Add_NeedsLock(gate, waiter, now);
            return Verdict.Wait;
        }

        var capacity = gate.Finder.Capacity;
        var ahead = IsStanding(gate, now) ? 0 : gate.Queue.CountFrom(waiter.Priority);
        if (waiter.LatestStart <= now || ahead / capacity * _perSecond > waiter.LatestStart - now)
        {
            return Verdict.Refused;
        }

        var room = Math.Min(Math.Max((int)(capacity * queueTime / _perSecond), ShortestQueue), _settings.MaxWaiting);
        if (gate.Queue.Count >= room && (givenUp = GiveUp_NeedsLock(gate, waiter.Priority)) is null)
        {
            return Verdict.Refused;
        }

        Add_NeedsLock(gate, waiter, now);
        return Verdict.Wait;
    }

    private void Add_NeedsLock(EndpointGate gate, Waiter waiter, long now)
    {
        if (gate.Queue.Count == 0)
        {
            _queued.Add(gate);
            gate.QueuedSince = now;
        }

        gate.Queue.Add(waiter);
        gate.Count_NeedsLock();
        _waiting++;
    }

    private Waiter? GiveUp_NeedsLock(EndpointGate gate, RequestPriority priority)
    {
        var waiter = gate.Queue.GiveUp(priority);
        if (waiter is not null)
        {
            Left_NeedsLock(gate);
        }

        return waiter;
    }

    private bool TryTake_NeedsLock(long now, bool all, out Waiter? waiter, out bool admitted)
    {
        EndpointGate? best = null;
        admitted = false;
        foreach (var gate in _queued)
        {
            var mayRefuse = MayRefuse(gate);
            var expiry = mayRefuse ? Expiry.LatestStart : gate.Finder.IsUnproven ? Expiry.HeldUntil : Expiry.Deadline;
            if (gate.Queue.TakeExpired(now, all, expiry) is { } expired)
            {
                waiter = expired;
                Left_NeedsLock(gate);
                admitted = !mayRefuse && expired.Deadline > now;
                gate.Refused |= !admitted;
                if (admitted)
                {
                    // Longer than this must no experiment hold a request, whatever is not known then.
                    gate.Admit_NeedsLock();
                    _giveUp(gate, now, now);
                }

                return true;
            }

            if (!HasRoom(gate, gate.Queue.Next))
            {
                continue;
            }

            if (best is null || gate.Queue.Next > best.Queue.Next || (gate.Queue.Next == best.Queue.Next && gate.Held < best.Held))
            {
                best = gate;
            }
        }

        if (best is null)
        {
            waiter = null;
            return false;
        }

        waiter = best.Queue.Take(IsStanding(best, now));
        Left_NeedsLock(best);
        admitted = waiter.LatestStart > now || !MayRefuse(best);
        best.Refused |= !admitted;
        if (admitted)
        {
            best.Admit_NeedsLock();
        }

        return true;
    }

    private bool HasRoom(EndpointGate gate, RequestPriority priority) => gate.InFlight < gate.LimitFor(priority) && _threads.HasRoom(gate);

    // Neither during an experiment nor once the limit is lifted, nor while the pool has only begun to be saturated.
    private bool MayRefuse(EndpointGate gate) =>
        !gate.Finder.IsOnTrial && (gate.Limit != LimitFinder.Unlimited || (_threads.IsLimited(gate) && _threads.IsLasting));

    private void Left_NeedsLock(EndpointGate gate)
    {
        gate.Count_NeedsLock();
        _waiting--;
        if (gate.Queue.Count == 0)
        {
            _queued.Remove(gate);
        }
    }

    // A queue that was empty a moment ago is a burst, which may take longer; one that stands is overload (the controlled
    // delay of "Fail at Scale").
    private long QueueTime(EndpointGate gate, long now) =>
        gate.Queue.Count == 0 || now - gate.QueuedSince < BurstSeconds * _perSecond ? BurstTimes * _settings.MaxQueueTime : _settings.MaxQueueTime;

    private bool IsStanding(EndpointGate gate, long now) => gate.Queue.Count > 0 && now - gate.Queue.OldestSince > (gate.Finder.IsUnproven ? _settings.MaxQueueTime : Standing * _perSecond);
}

/// <summary>The bounds of a <see cref="Shedder"/>; times in ticks of its clock.</summary>
/// <param name="MaxWaiting">The most that may wait for one endpoint.</param>
/// <param name="MaxQueueTime">The longest that one may wait.</param>
internal sealed record ShedderSettings(int MaxWaiting, long MaxQueueTime);

/// <summary>What is decided about a request.</summary>
internal enum Verdict
{
    /// <summary>It has a place in flight.</summary>
    Admitted,

    /// <summary>It will be told.</summary>
    Wait,

    /// <summary>There is no place for it in time.</summary>
    Refused,
}
