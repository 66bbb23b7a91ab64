namespace Herz.Resilience.Tool.Recording;

/// <summary>What a screen shows of a run in progress.</summary>
/// <param name="Requests">Outcomes so far, after the warm-up.</param>
/// <param name="AtNs">When the second ended, in nanoseconds from the beginning of the run.</param>
/// <param name="Second">The newest whole second.</param>
internal sealed record LiveState(long Requests, long AtNs, Slice Second);
