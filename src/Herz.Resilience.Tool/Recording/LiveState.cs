namespace Herz.Resilience.Tool.Recording;

/// <summary>State of a run in progress, for the screen.</summary>
/// <param name="Requests">Outcomes so far, after the warm-up.</param>
/// <param name="AtNs">End of the second, in nanoseconds since the start of the run.</param>
/// <param name="Second">The latest complete second.</param>
internal sealed record LiveState(long Requests, long AtNs, Slice Second);
