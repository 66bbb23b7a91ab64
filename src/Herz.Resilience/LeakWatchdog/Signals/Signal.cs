namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The sampled process counters. Each is read in microseconds.</summary>
internal enum Signal
{
    /// <summary>Armed timers.</summary>
    Timers,

    /// <summary>Threads of the thread pool.</summary>
    PoolThreads,

    /// <summary>All threads of the process, including pool threads; Linux only.</summary>
    Threads,

    /// <summary>Work items that wait for a pool thread.</summary>
    PoolQueue,

    /// <summary>The time that a work item waits for a pool thread, in milliseconds.</summary>
    PoolDelay,

    /// <summary>Open file descriptors: files, sockets and pipes; on Windows the handles of the process.</summary>
    FileDescriptors,

    /// <summary>Open sockets; Linux only.</summary>
    Sockets,

    /// <summary>Bytes that survived the last full collection.</summary>
    OldGenerationBytes,

    /// <summary>The share of time for which collections stopped the process since the last sample, 0 to 1.</summary>
    PauseShare,

    /// <summary>Requests that have arrived and have not ended.</summary>
    ActiveRequests,

    /// <summary>Background work that waits or runs.</summary>
    BackgroundWork,
}
