namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The diagnostics port of the runtime does not exist or returns an error.</summary>
internal sealed class DiagnosticsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
