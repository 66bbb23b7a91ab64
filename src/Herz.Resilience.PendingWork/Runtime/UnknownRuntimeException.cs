namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>This runtime is not one that can be read with certainty; the message says what is missing.</summary>
internal sealed class UnknownRuntimeException(string message) : Exception(message);
