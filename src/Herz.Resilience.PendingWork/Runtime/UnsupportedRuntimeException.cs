namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>This runtime cannot be read reliably; the message names the missing feature.</summary>
internal sealed class UnsupportedRuntimeException(string message) : Exception(message);
