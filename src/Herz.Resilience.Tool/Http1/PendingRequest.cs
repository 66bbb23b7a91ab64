namespace Herz.Resilience.Tool.Http1;

/// <summary>A request that is due.</summary>
/// <param name="Template">Index of its template.</param>
/// <param name="IntendedNs">The intended start.</param>
/// <param name="Order">Sequence number, to distinguish it from a later request on the same connection.</param>
internal readonly record struct PendingRequest(int Template, long IntendedNs, long Order);
