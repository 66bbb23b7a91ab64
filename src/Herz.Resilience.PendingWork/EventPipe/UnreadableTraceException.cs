namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The trace is truncated, damaged, incomplete or of another format.</summary>
internal sealed class UnreadableTraceException(string message) : Exception(message);
