namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>A trace that is cut off, damaged, incomplete, or of another format.</summary>
internal sealed class UnreadableTraceException(string message) : Exception(message);
