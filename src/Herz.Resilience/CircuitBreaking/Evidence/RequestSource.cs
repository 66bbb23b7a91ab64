namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>The client and the path of a request as two hashes, to distinguish failures of one source from failures of all.</summary>
/// <param name="Path">A hash of the path and the query.</param>
/// <param name="Client">A hash of the client's address.</param>
internal readonly record struct RequestSource(int Path, int Client);
