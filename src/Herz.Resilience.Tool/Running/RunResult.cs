using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Running;

/// <summary>The result of a run: its report, and the recorder with the full histograms for thresholds.</summary>
internal sealed record RunResult(RunReport Report, Recorder Recorder);
