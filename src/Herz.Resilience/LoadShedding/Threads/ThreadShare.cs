using Herz.Resilience.LoadShedding.Concurrency;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// Decides how many threads each endpoint may hold while the pool is saturated, and which endpoints run in the bulkhead. Only under
/// the lock of the shedder, except <see cref="MayBlock"/>.
/// </summary>
/// <param name="gates">All endpoints.</param>
/// <param name="cores">How many handlers can run at once.</param>
/// <param name="perSecond">Ticks of a timestamp in a second.</param>
internal sealed class ThreadShare(IEnumerable<EndpointGate> gates, int cores, double perSecond)
{
    /// <summary>Maximum number of threads in the bulkhead for handlers that block.</summary>
    public const int BulkheadThreads = 128;

    private const double BusyCpu = 0.9;
    private const double SureSeconds = 0.2;

    // A lock that the first requests of a process wait for also saturates the pool, for a short time.
    private const double LastingSeconds = 3;
    private const double MostSeconds = 6;
    private const double Forgetting = 4;

    private long _saturatedAt;
    private long _observedAt;
    private double _saturatedSeconds;
    private double _cpu;
    private bool _waited;

    public PoolLimit Pool { get; } = new(cores);

    /// <summary>Whether this number of blocking handlers affects other endpoints.</summary>
    public bool MayBlock(int held) => held >= cores && Volatile.Read(ref _cpu) < BusyCpu;

    /// <param name="now">The time.</param>
    /// <param name="delay">How long work waited for a thread, in ticks.</param>
    /// <param name="cpu">The share of the CPU in use.</param>
    public void Observe(long now, long delay, double cpu)
    {
        var wasSaturated = Pool.Saturated;
        Pool.Observe(now / perSecond, delay / perSecond, cpu, Held(out _), _waited);
        _waited = false;
        Volatile.Write(ref _cpu, cpu);
        _saturatedAt = wasSaturated ? _saturatedAt : now;
        Accumulate(now, wasSaturated);
        if (Pool.Saturated && cpu < BusyCpu && now - _saturatedAt > SureSeconds * perSecond)
        {
            MoveToBulkhead();
        }
    }

    /// <summary>Whether the pool has been saturated for so long that requests that wait for a thread may be refused. Until then they only wait.</summary>
    public bool IsLasting => _saturatedSeconds >= LastingSeconds;

    /// <summary>Whether a request of this endpoint needs a share of the pool's threads before it may start.</summary>
    public bool IsLimited(EndpointGate gate) => Pool.Saturated && gate.HoldsThreads && (!gate.IsInBulkhead || HeldInBulkhead() >= BulkheadThreads);

    /// <summary>Whether there is a thread for one more request of this endpoint.</summary>
    public bool HasRoom(EndpointGate gate)
    {
        // An endpoint below its share continues, so that no endpoint can hold every thread.
        if (!IsLimited(gate) || Held(out var active) < Pool.Limit || gate.HeldThreads < Math.Max(1, Pool.Limit / Math.Max(1, active)))
        {
            return true;
        }

        _waited = true;
        return false;
    }

    // While excess requests are refused, the pool recovers at times, so seconds without saturation count less.
    private void Accumulate(long now, bool wasSaturated)
    {
        var seconds = _observedAt == 0 ? 0 : (now - _observedAt) / perSecond;
        _observedAt = now;
        _saturatedSeconds = Math.Clamp(_saturatedSeconds + (wasSaturated ? seconds : -seconds / Forgetting), 0, MostSeconds);
    }

    private void MoveToBulkhead()
    {
        foreach (var gate in gates)
        {
            if (gate.HeldThreads > 0 && gate.BlocksThreads)
            {
                gate.IsInBulkhead = true;
            }
        }
    }

    private int Held(out int active)
    {
        var held = 0;
        active = 0;
        foreach (var gate in gates)
        {
            if (!gate.IsInBulkhead)
            {
                held += gate.HeldThreads;
                active += gate.HeldThreads > 0 || gate.Waiting > 0 ? 1 : 0;
            }
        }

        return held;
    }

    private int HeldInBulkhead()
    {
        var held = 0;
        foreach (var gate in gates)
        {
            held += gate.IsInBulkhead ? gate.HeldThreads : 0;
        }

        return held;
    }
}
