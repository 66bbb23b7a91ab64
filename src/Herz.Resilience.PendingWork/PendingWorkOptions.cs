namespace Herz.Resilience.PendingWork;

/// <summary>What <see cref="PendingWorkProfile.Capture"/> reads.</summary>
public sealed record PendingWorkOptions
{
    internal static PendingWorkOptions Default { get; } = new();

    /// <summary>Whether to collect garbage first.</summary>
    /// <value>Default: <see cref="PendingWorkSweep.Young"/>.</value>
    public PendingWorkSweep Collect { get; init; } = PendingWorkSweep.Young;

    /// <summary>The tokens that say where work came from. Where an execution context holds several, the first of these counts.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<OriginMarker> Origins { get; init; } = [];

    /// <summary>Whether to list tasks without a body that no pending method awaits, such as those of completion sources.</summary>
    /// <value>Default: true.</value>
    public bool Promises { get; init; } = true;

    /// <summary>Whether to list also those tasks without a body that nobody waits for in any way.</summary>
    /// <value>Default: false: they hold nothing up, and each channel has one.</value>
    public bool IdlePromises { get; init; }

    /// <summary>Whether to list armed timers.</summary>
    /// <value>Default: true.</value>
    public bool Timers { get; init; } = true;

    /// <summary>Whether to list callbacks registered on cancellation tokens.</summary>
    /// <value>Default: true.</value>
    public bool Registrations { get; init; } = true;

    /// <summary>Whether to list threads that wait in the kernel on behalf of the app's own code, with their stacks.</summary>
    /// <value>
    /// Default: false. About 0.1 ms a thread, while nothing is paused. The runtime is asked which methods the return
    /// addresses on their stacks lead to, and trusts that they are such.
    /// </value>
    public bool Threads { get; init; }

    /// <summary>Whether to count the objects on the heap by type, for growth that no pending work explains: caches, event handlers, files.</summary>
    /// <value>Default: false. About a tenth more time for the walk.</value>
    public bool HeapByType { get; init; }

    /// <summary>How many operations a profile holds at most; what is beyond is left out, and the profile says so.</summary>
    /// <value>Default: 500,000; from 1 to 10,000,000. About 100 bytes each while capturing, and for each task or timer through which one waits.</value>
    public int MaxOperations { get; init; } = 500_000;

    /// <summary>How often a walk is tried again after a garbage collection overlapped it, before a snapshot is taken.</summary>
    /// <value>Default: 2; from 0 to 100.</value>
    public int Retries { get; init; } = 2;

    /// <summary>Whether a copy-on-write snapshot may be taken where the walk cannot be trusted. It pauses the process for about 20 ms a gigabyte.</summary>
    /// <value>Default: true.</value>
    public bool AllowSnapshot { get; init; } = true;

    /// <summary>
    /// How long the process may be stopped for <see cref="CaptureWay.EventPipe"/>, which is tried where neither the walk nor a
    /// snapshot can be. The pause is estimated beforehand, from the size of the heap, at what the first capture of a process
    /// took when it was measured: 1 ms for each of the first 200 MB, and 2 ms for each beyond. Where that is longer, this way
    /// is not taken. The other ways do not ask.
    /// </summary>
    /// <value>Default: 100 ms; from 0, which forbids this way, to 1 minute.</value>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>After what time a capture gives up.</summary>
    /// <value>Default: 10 seconds; from 100 ms to 10 minutes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        if (!Enum.IsDefined(Collect))
        {
            throw new ArgumentOutOfRangeException(nameof(Collect), Collect, "Collect is one of None, Young, Background and Full.");
        }

        ArgumentNullException.ThrowIfNull(Origins);
        for (var i = 0; i < Origins.Count; i++)
        {
            _ = Origins[i] ?? throw new ArgumentNullException(nameof(Origins), $"Origins[{i}] is null; each is an OriginMarker.");
        }

        if (MaxOperations is < 1 or > 10_000_000)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxOperations), MaxOperations, "MaxOperations is from 1 to 10,000,000.");
        }

        if (Retries is < 0 or > 100)
        {
            throw new ArgumentOutOfRangeException(nameof(Retries), Retries, "Retries is from 0 to 100.");
        }

        if (LongestPause < TimeSpan.Zero || LongestPause > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentOutOfRangeException(nameof(LongestPause), LongestPause, "LongestPause is from 0 to 1 minute.");
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(10))
        {
            throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "Timeout is from 100 ms to 10 minutes.");
        }
    }
}
