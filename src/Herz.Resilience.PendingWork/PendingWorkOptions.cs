namespace Herz.Resilience.PendingWork;

/// <summary>The options of <see cref="PendingWorkProfile.Capture"/>.</summary>
public sealed record PendingWorkOptions
{
    internal static PendingWorkOptions Default { get; } = new();

    /// <summary>The garbage collection before the capture.</summary>
    /// <value>Default: <see cref="PendingWorkSweep.Young"/>.</value>
    public PendingWorkSweep Collect { get; init; } = PendingWorkSweep.Young;

    /// <summary>The tokens that identify the origin of work. If an execution context holds several, the first in this list counts.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<OriginMarker> Origins { get; init; } = [];

    /// <summary>Whether to list tasks without a body that no pending method awaits, such as tasks of completion sources.</summary>
    /// <value>Default: true.</value>
    public bool Promises { get; init; } = true;

    /// <summary>Whether to also list tasks without a body that no code waits for.</summary>
    /// <value>Default: false, because they block no work and each channel has one.</value>
    public bool IdlePromises { get; init; }

    /// <summary>Whether to list armed timers.</summary>
    /// <value>Default: true.</value>
    public bool Timers { get; init; } = true;

    /// <summary>Whether to list callbacks registered on cancellation tokens.</summary>
    /// <value>Default: true.</value>
    public bool Registrations { get; init; } = true;

    /// <summary>Whether to list threads that app code blocks in the kernel, with their stacks.</summary>
    /// <value>
    /// Default: false. Costs about 0.1 ms per thread and pauses nothing. The runtime resolves the return addresses on the
    /// stacks to methods and does not validate them.
    /// </value>
    public bool Threads { get; init; }

    /// <summary>Whether to count the objects on the heap by type, to find growth without pending work: caches, event handlers, files.</summary>
    /// <value>Default: false. Makes the walk about 10 % longer.</value>
    public bool HeapByType { get; init; }

    /// <summary>The maximum number of operations in a profile. Further operations are left out, and a note reports this.</summary>
    /// <value>Default: 500,000; from 1 to 10,000,000. A capture uses about 100 bytes for each operation, and for each task or timer that it awaits.</value>
    public int MaxOperations { get; init; } = 500_000;

    /// <summary>The number of retries after a garbage collection overlapped a walk that was at least half done. A snapshot follows the last one.</summary>
    /// <value>Default: 2; from 0 to 100.</value>
    public int Retries { get; init; } = 2;

    /// <summary>Whether a copy-on-write snapshot is allowed if the walk is not reliable. It pauses the process for about 20 ms per gigabyte, and is refused unless memory of the heap's size is left below the limit.</summary>
    /// <value>Default: true.</value>
    public bool AllowSnapshot { get; init; } = true;

    /// <summary>
    /// The maximum pause of the process for <see cref="CaptureMethod.EventPipe"/>, which is tried if neither the walk nor a snapshot
    /// is possible. The pause is estimated from the heap size, by measurements of the first capture in a process: 1 ms for
    /// each of the first 200 MB and 2 ms for each further MB. If the estimate is longer, this capture method is skipped.
    /// The other capture methods ignore this option.
    /// </summary>
    /// <value>Default: 100 ms; from 0, which disables this capture method, to 1 minute.</value>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The time after which a capture gives up. A quarter is added for each gigabyte of heap; under a CPU limit below one processor it grows in proportion, up to 10 minutes.</summary>
    /// <value>Default: 10 seconds; from 100 ms to 10 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        if (!Enum.IsDefined(Collect))
        {
            throw new ArgumentOutOfRangeException(nameof(Collect), Collect, "Collect must be None, Young, Background or Full.");
        }

        ArgumentNullException.ThrowIfNull(Origins);
        for (var i = 0; i < Origins.Count; i++)
        {
            _ = Origins[i] ?? throw new ArgumentNullException(nameof(Origins), $"Origins[{i}] is null; it must be an OriginMarker.");
        }

        if (MaxOperations is < 1 or > 10_000_000)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxOperations), MaxOperations, "MaxOperations must be from 1 to 10,000,000.");
        }

        if (Retries is < 0 or > 100)
        {
            throw new ArgumentOutOfRangeException(nameof(Retries), Retries, "Retries must be from 0 to 100.");
        }

        if (LongestPause < TimeSpan.Zero || LongestPause > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentOutOfRangeException(nameof(LongestPause), LongestPause, "LongestPause must be from 0 to 1 minute.");
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(10))
        {
            throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "Timeout must be from 100 ms to 10 minutes.");
        }
    }
}
