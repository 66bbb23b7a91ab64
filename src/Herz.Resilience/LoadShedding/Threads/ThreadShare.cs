using Herz.Resilience.LoadShedding.Concurrency;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// Which endpoint may hold how many threads while the pool is saturated, and which runs in a bulkhead. Under the
/// lock of the shedder, but for <see cref="MayBlock"/>.
/// </summary>
/// <param name="gates">All endpoints.</param>
/// <param name="cores">How many handlers can run at once.</param>
/// <param name="perSecond">Ticks of a timestamp in a second.</param>
internal sealed class ThreadShare(IEnumerable<EndpointGate> gates, int cores, double perSecond)
{
    /// <summary>The most threads that handlers which block get in their bulkhead.</summary>
    public const int BulkheadThreads = 128;

    private const double BusyCpu = 0.9;
    private const double SureSeconds = 0.2;

    // A lock that the first requests of a process wait for saturates the pool too, and passes.
    private const double LastingSeconds = 3;
    private const double MostSeconds = 6;
    private const double Forgetting = 4;

    private long _saturatedAt;
    private long _observedAt;
    private double _saturatedSeconds;
    private double _cpu;
    private bool _waited;

    public PoolLimit Pool { get; } = new(cores);

    /// <summary>Whether so many handlers of one endpoint that block their threads matter to others.</summary>
    public bool MayBlock(int held) => held >= cores && Volatile.Read(ref _cpu) < BusyCpu;

    /// <param name="now">The time.</param>
    /// <param name="delay">What a piece of work waited for a thread, in ticks.</param>
    /// <param name="cpu">How full the CPU is.</param>
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

    /// <summary>Whether the pool has been saturated for so long that what waits for a thread may be refused. Until then it only waits.</summary>
    public bool IsLasting => _saturatedSeconds >= LastingSeconds;

    /// <summary>Whether a request of this endpoint must have a share of the pool's threads before it may begin.</summary>
    public bool IsLimited(EndpointGate gate) => Pool.Saturated && gate.HoldsThreads && (!gate.IsInBulkhead || HeldInBulkhead() >= BulkheadThreads);

    /// <summary>Whether there is a thread for one more request of this endpoint.</summary>
    public bool HasRoom(EndpointGate gate)
    {
        // Whoever holds less than its share goes on, so that one endpoint cannot hold every thread.
        if (!IsLimited(gate) || Held(out var active) < Pool.Limit || gate.HeldThreads < Math.Max(1, Pool.Limit / Math.Max(1, active)))
        {
            return true;
        }

        _waited = true;
        return false;
    }

    // While what is too much is refused the pool recovers now and then, so seconds of rest count for less.
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
