using System.Diagnostics;
using Herz.Resilience.PendingWork.Limits;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>What the attempts of one capture share: the options, the deadline, the limits of the process, and the one forced collection.</summary>
internal sealed class CaptureSession
{
    private readonly Lazy<double?> _cpuLimit = new(static () => CpuQuota.Read());
    private readonly Lazy<MemoryHeadroom> _headroom = new(static () => new MemoryHeadroom());
    private bool _hasCollected;

    public CaptureSession(PendingWorkOptions options, long deadline)
    {
        Options = options;
        Deadline = deadline;
    }

    public PendingWorkOptions Options { get; }

    /// <summary>The timestamp at which the capture gives up.</summary>
    public long Deadline { get; }

    /// <summary>The CPU limit in processors; null if there is none.</summary>
    public double? CpuLimit => _cpuLimit.Value;

    public MemoryHeadroom Headroom => _headroom.Value;

    /// <summary>Notes on what the capture could not do.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Collects garbage as the options require, once per capture.</summary>
    public void Collect()
    {
        if (_hasCollected)
        {
            return;
        }

        _hasCollected = true;
        if (GarbageCollections.Collect(Options.Collect, Deadline) is { } note)
        {
            Notes.Add(note);
        }
    }

    /// <summary>The guard of a walk with these conditions; a no-GC region and the deadline always stop it.</summary>
    public WalkGuard Guard(params IWalkCheck[] checks) =>
        new(Deadline, new WalkPace(CpuLimit, new WalkClock(TimeProvider.System)), [.. checks, new NoGcRegionCheck()]);

    /// <summary>The check of the headroom of a walk.</summary>
    public HeadroomCheck HeadroomCheck(Func<long, string?> stop) => new(Headroom, stop, TimeProvider.System);

    /// <summary>The rest of the time.</summary>
    public TimeSpan Remaining => Stopwatch.GetTimestamp() is var now && now < Deadline ? Stopwatch.GetElapsedTime(now, Deadline) : TimeSpan.Zero;
}
