namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>Where a request came from and what it asked for, as two hashes, so that the failures of one are distinguished from the failures of all.</summary>
/// <param name="Path">A hash of the path and the query.</param>
/// <param name="Client">A hash of the client's address.</param>
internal readonly record struct RequestSource(int Path, int Client);
