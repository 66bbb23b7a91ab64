using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Running;

/// <summary>What a run leaves: its report, and the full histograms that thresholds ask.</summary>
internal sealed record RunResult(RunReport Report, Recorder Recorder);
