using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Captures the pending work of the process and keeps the counts of the last captures.</summary>
internal class Capturer
{
    private const int Kept = 20;

    /// <summary>The maximum number of operations in a capture.</summary>
    public const int MaxOperations = 200_000;

    private static readonly OriginMarker[] s_origins =
    [
        .. typeof(AmbientWork).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(AmbientWork)) && !type.IsAbstract).Select(MarkerOf),
        new(typeof(OriginToken), nameof(OriginToken.Label), nameof(OriginToken.Window)),
    ];

    private readonly Lock _lock = new();
    private readonly Queue<Captured> _history = new();
    private int _count;

    /// <summary>The counts of the last captures, oldest first.</summary>
    public Captured[] History
    {
        get
        {
            lock (_lock)
            {
                return [.. _history];
            }
        }
    }

    /// <summary>The counts of the last capture; null before the first one.</summary>
    public Captured? Last { get; private set; }

    /// <summary>Captures on the calling thread, and keeps the counts.</summary>
    /// <param name="heapByType">Whether to count heap objects by type.</param>
    /// <param name="threads">Whether to list waiting threads.</param>
    /// <param name="longestPause">The longest time the process may be stopped if no other capture method works; the default is never.</param>
    /// <param name="sweep">The garbage collection before the capture.</param>
    /// <returns>The full profile, with the number under which its counts are kept.</returns>
    public Captured Take(bool heapByType = false, bool threads = false, TimeSpan longestPause = default, PendingWorkSweep sweep = PendingWorkSweep.Background)
    {
        var options = new PendingWorkOptions
        {
            Collect = sweep,
            Origins = s_origins,
            HeapByType = heapByType,
            Threads = threads,
            MaxOperations = MaxOperations,
            LongestPause = longestPause,
        };

        var profile = Capture(options);
        lock (_lock)
        {
            var captured = new Captured(++_count, profile);
            Last = captured with { Profile = profile.Summarize() };
            _history.Enqueue(Last);
            if (_history.Count > Kept)
            {
                _history.Dequeue();
            }

            return captured;
        }
    }

    /// <summary>The same as <see cref="Take"/> on a dedicated thread, since the thread pool may be starved.</summary>
    public Task<Captured> CaptureAsync(bool heapByType = false, bool threads = false, TimeSpan longestPause = default) =>
        Task.Factory.StartNew(() => Take(heapByType, threads, longestPause), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static OriginMarker MarkerOf(Type type)
    {
        var token = type.IsSubclassOf(typeof(AmbientPart)) ? $"{nameof(AmbientPart.Whole)}.{nameof(AmbientWork.Origin)}" : nameof(AmbientWork.Origin);
        return new OriginMarker(type, $"{token}.{nameof(OriginToken.Label)}", $"{token}.{nameof(OriginToken.Window)}");
    }

    /// <summary>Reads the process.</summary>
    protected virtual PendingWorkProfile Capture(PendingWorkOptions options) => PendingWorkProfile.Capture(options);
}

/// <summary>A capture and the number under which its counts are kept.</summary>
internal sealed record Captured(int Id, PendingWorkProfile Profile);
