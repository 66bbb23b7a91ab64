namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The state of a closed window.</summary>
internal enum WindowState
{
    /// <summary>Its requests still run, or no full collection has run since they ended.</summary>
    Unknown,

    /// <summary>No work of the window is alive.</summary>
    Clean,

    /// <summary>Work started in the window is alive although its requests have ended, or its requests hang.</summary>
    Leaky,
}
