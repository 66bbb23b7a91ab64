using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>What is kept for one dependency: its settings, its budget and its usual time.</summary>
internal sealed class TrackedDependency : Dependency
{
    // Each call changes the mean by this share, so it follows the last twenty calls or so.
    private const double Weight = 0.05;

    private readonly long _frequency;
    private volatile DependencySettings _settings;
    private double _usual;
    private long _lastUsed;
    private Latencies? _latencies;

    private volatile bool _isInside;
    private volatile bool _isOutside;

    public TrackedDependency(string name, string label, DependencySettings settings, long frequency)
        : base(name, label)
    {
        _frequency = frequency;
        _settings = settings;
        Calls = new SlidingCount(frequency);
        Budget = new RetryBudget(Calls, frequency);
    }

    /// <summary>The settings in force; replaced by a reload, which keeps all else.</summary>
    public DependencySettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Calls without retries and hedges.</summary>
    public SlidingCount Calls { get; }

    public RetryBudget Budget { get; }

    /// <summary>Whether the number of the attempt is sent: as configured, or if all of its hosts are inside the network.</summary>
    public bool SendsAttempt => _settings.SendAttempt ?? (_isInside && !_isOutside);

    /// <summary>The timestamp of the last call, to within a second.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>How long a call that succeeds usually takes; zero if unknown.</summary>
    public TimeSpan UsualTime => TimeSpan.FromSeconds(Volatile.Read(ref _usual));

    /// <summary>The times of calls, measured only for hedging.</summary>
    public Latencies? Latencies => _settings.Hedge ? Volatile.Read(ref _latencies) ?? CreateLatencies() : null;

    /// <summary>Records that one of its hosts is inside the network, or is not.</summary>
    public void Reaches(bool isInside)
    {
        _isInside |= isInside;
        _isOutside |= !isInside;
    }

    /// <summary>Marks the dependency as used. Written at most once a second, so that calls do not share a cache line.</summary>
    public void Touch(long now)
    {
        if (now - Volatile.Read(ref _lastUsed) >= _frequency)
        {
            Volatile.Write(ref _lastUsed, now);
        }
    }

    /// <summary>Records the time of a call that succeeded. Two threads at once may lose one time.</summary>
    public void Took(long ticks)
    {
        var seconds = (double)ticks / _frequency;
        var usual = Volatile.Read(ref _usual);
        Volatile.Write(ref _usual, usual == 0 ? seconds : usual + (Weight * (seconds - usual)));
        Latencies?.Record(seconds);
    }

    private Latencies CreateLatencies()
    {
        var created = new Latencies();
        return Interlocked.CompareExchange(ref _latencies, created, null) ?? created;
    }
}
