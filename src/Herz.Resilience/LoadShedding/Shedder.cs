using System.Collections.Concurrent;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.LoadShedding.Threads;

namespace Herz.Resilience.LoadShedding;

/// <summary>
/// The pure core: all endpoints of an app and the threads that they share. Timestamps in, verdicts out. A request that finds room at
/// once does not come here.
/// </summary>
internal sealed class Shedder
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, EndpointGate> _gates = new(StringComparer.Ordinal);
    private readonly Action<EndpointGate>? _onChange;
    private readonly ThreadShare _threads;
    private readonly AdmissionQueues _queues;
    private readonly Action<EndpointGate, long, long> _close;
    private readonly Action<EndpointGate, long, long> _sweep;
    private volatile ShedderSettings _settings;

    /// <param name="settings">The bounds.</param>
    /// <param name="frequency">Clock ticks per second.</param>
    /// <param name="cores">How many handlers can run at once.</param>
    /// <param name="onChange">Called, outside of any lock, when an endpoint becomes overloaded, or no longer is.</param>
    public Shedder(ShedderSettings settings, long frequency, int cores, Action<EndpointGate>? onChange = null)
    {
        _settings = settings;
        TicksPerSecond = frequency;
        _onChange = onChange;
        var windows = new WindowKeeper(frequency);
        _close = windows.Close_NeedsLock;
        _sweep = windows.Sweep_NeedsLock;
        _threads = new ThreadShare(_gates.Select(static pair => pair.Value), cores, frequency);
        _queues = new AdmissionQueues(_threads, windows, frequency);
    }

    public double TicksPerSecond { get; }

    public PoolLimit Pool => _threads.Pool;

    /// <summary>The bounds; may change at any time.</summary>
    public ShedderSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    public IEnumerable<EndpointGate> Gates => _gates.Values;

    public bool HasWaiting => _queues.Waiting != 0;

    /// <summary>Whether something is queued or limited, so that <see cref="Sweep"/> is needed.</summary>
    public bool IsBusy => HasWaiting || _gates.Any(static pair => pair.Value.Limit != LimitFinder.Unlimited && pair.Value.InFlight > 0);

    public EndpointGate Gate(string key) => _gates.GetOrAdd(key, static (key, shedder) => new EndpointGate(key, shedder), this);

    public long ToMicroseconds(long ticks) => Math.Max(0, (long)(ticks / TicksPerSecond * 1e6));

    /// <inheritdoc cref="ThreadShare.MayBlock"/>
    public bool MayBlock(int heldThreads) => _threads.MayBlock(heldThreads);

    /// <summary>Decides about a request that found no room at once.</summary>
    public Verdict Offer(EndpointGate gate, Waiter waiter)
    {
        Verdict verdict;
        Waiter? displaced;
        lock (_lock)
        {
            gate.State.HitLimit = true;
            gate.State.IsObserved = false;
            verdict = _queues.Place_NeedsLock(gate, waiter, _settings, out displaced);
            gate.State.Refused |= verdict == Verdict.Refused || displaced is not null;
        }

        displaced?.Settle(admitted: false, waiter.Since);
        if (verdict == Verdict.Wait)
        {
            // Room may have become free before the request was queued.
            Pump(waiter.Since);
        }

        return verdict;
    }

    /// <summary>Admits queued requests where there is room, and refuses those that cannot be answered in time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether every request is checked for expiry, and not only the oldest, because there may be many.</param>
    public void Pump(long now, bool all = false)
    {
        while (_queues.Waiting != 0)
        {
            Waiter? waiter;
            bool admitted;
            lock (_lock)
            {
                if (!_queues.TryTake_NeedsLock(now, all, _settings, out waiter, out admitted))
                {
                    return;
                }
            }

            waiter!.Settle(admitted, now);
        }
    }

    /// <summary>
    /// Does what the ends of requests would do, while none ends: checks running experiments, lifts limits under which nothing moves,
    /// and refuses requests that wait in vain. Called every few milliseconds while <see cref="IsBusy"/>.
    /// </summary>
    public void Sweep(long now)
    {
        foreach (var (_, gate) in _gates)
        {
            if (gate.Limit != LimitFinder.Unlimited)
            {
                Update(gate, now, now, _sweep);
            }
        }

        Pump(now, all: true);
    }

    /// <summary>Passes the window of an endpoint to its limit finder, if it is long enough.</summary>
    public void CloseWindow(EndpointGate gate, long now, long start) => Update(gate, now, start, _close);

    /// <summary>Takes a measurement of how long work waits for a pool thread, and how full the CPU is.</summary>
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

    private void Update(EndpointGate gate, long now, long start, Action<EndpointGate, long, long> update_NeedsLock)
    {
        bool before, after;
        lock (_lock)
        {
            before = gate.State.Finder.IsOverloaded;
            update_NeedsLock(gate, now, start);
            after = gate.State.Finder.IsOverloaded;
        }

        if (before != after)
        {
            _onChange?.Invoke(gate);
        }
    }
}

/// <summary>The bounds of a <see cref="Shedder"/>; times in ticks of its clock.</summary>
/// <param name="MaxWaiting">Maximum number of queued requests per endpoint.</param>
/// <param name="MaxQueueTime">Maximum time in the queue.</param>
internal sealed record ShedderSettings(int MaxWaiting, long MaxQueueTime);
