namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>What is known of a window that has closed.</summary>
internal enum WindowState
{
    /// <summary>Its requests still run, or no full collection has told yet.</summary>
    Unknown,

    /// <summary>Nothing of it is alive.</summary>
    Clean,

    /// <summary>Work that began in it has not ended although its requests have, or they hang.</summary>
    Leaky,
}
