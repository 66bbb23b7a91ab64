namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>What the process holds of the operating system; what cannot be read counts as none.</summary>
internal readonly record struct ProcessResources(int Threads, int FileDescriptors, int Sockets);
