namespace Herz.Resilience.LeakWatchdog;

/// <summary>The identity of a leak: what stays the same while its numbers change.</summary>
internal readonly record struct LeakKey(string? Signal, string? Origin, string? Method, string? Awaits, string? Type);
