namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>What is sampled: cheap counters of the process, each read in microseconds.</summary>
internal enum Signal
{
    /// <summary>Timers that are armed.</summary>
    Timers,

    /// <summary>Threads of the thread pool.</summary>
    PoolThreads,

    /// <summary>All threads of the process, those of the pool among them; Linux alone.</summary>
    Threads,

    /// <summary>Work items that wait for a pool thread.</summary>
    PoolQueue,

    /// <summary>How long a work item waits for a pool thread, in milliseconds.</summary>
    PoolDelay,

    /// <summary>Open file descriptors: files, sockets and pipes; on Windows the handles of the process.</summary>
    FileDescriptors,

    /// <summary>Open sockets; Linux alone.</summary>
    Sockets,

    /// <summary>Bytes that survived the last full collection.</summary>
    OldGenerationBytes,

    /// <summary>The share of time that collections stopped the process since the last sample, 0 to 1.</summary>
    PauseShare,

    /// <summary>Requests that have arrived and not ended.</summary>
    ActiveRequests,

    /// <summary>Background work that waits or runs.</summary>
    BackgroundWork,
}
