namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>The operating-system resources of the process. A value that cannot be read is 0.</summary>
internal readonly record struct ProcessResources(int Threads, int FileDescriptors, int Sockets);
