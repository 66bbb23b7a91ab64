namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The runtime's diagnostics port is absent, or refuses.</summary>
internal sealed class DiagnosticsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
