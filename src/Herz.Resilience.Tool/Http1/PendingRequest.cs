namespace Herz.Resilience.Tool.Http1;

/// <summary>A request whose time has come.</summary>
/// <param name="Template">Index of its template.</param>
/// <param name="IntendedNs">When it was to start.</param>
/// <param name="Order">Its number, to tell it from a later one on the same connection.</param>
internal readonly record struct PendingRequest(int Template, long IntendedNs, long Order);
