using System.Text.Json.Serialization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>The figures of a run, written with <c>--json</c> and read by <c>herz compare</c>.</summary>
internal sealed record RunReport
{
    /// <summary>Identifies the file; the number increases when the format changes.</summary>
    public int Herz { get; init; } = 1;

    /// <summary>The target URL, or the number of URLs and their host.</summary>
    public required string Target { get; init; }

    /// <summary>Description of the load shape.</summary>
    public required string Shape { get; init; }

    /// <summary>Start time.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Length of the measured load in seconds, without the warm-up and the wait for the last answers.</summary>
    public double Seconds { get; init; }

    /// <summary>Whether the run was broken off.</summary>
    public bool BrokenOff { get; init; }

    /// <summary>Maximum latency of a good answer in milliseconds, or null.</summary>
    public double? SloMs { get; init; }

    /// <summary>Requests with an outcome.</summary>
    public long Requests { get; init; }

    /// <summary>Successful answers.</summary>
    public long Ok { get; init; }

    /// <summary>Successful answers within the objective.</summary>
    public long Good { get; init; }

    /// <summary>Refusals: 429, 503, 504, and the corresponding gRPC statuses.</summary>
    public long Refused { get; init; }

    /// <summary>Other errors and requests without an answer.</summary>
    public long Failed { get; init; }

    /// <summary>Requests with an outcome per second.</summary>
    public double RatePerSecond { get; init; }

    /// <summary>Good answers per second.</summary>
    public double GoodputPerSecond { get; init; }

    /// <summary>Latencies of all requests, including those without an answer.</summary>
    public required LatencyFigures Latency { get; init; }

    /// <summary>Latencies of successful answers.</summary>
    public required LatencyFigures OkLatency { get; init; }

    /// <summary>Delays of the requests after their intended starts, caused by the generator.</summary>
    public required LatencyFigures ScheduleError { get; init; }

    /// <summary>Number of requests that waited for a connection.</summary>
    public long HeldBack { get; init; }

    /// <summary>Share of time in which the generator thread was busy; near 1, the generator is the bottleneck.</summary>
    public double BusyShare { get; init; }

    /// <summary>Maximum number of requests without an outcome at one time.</summary>
    public long PeakPending { get; init; }

    /// <summary>Answers by status.</summary>
    public IReadOnlyDictionary<string, long> Statuses { get; init; } = new Dictionary<string, long>();

    /// <summary>Refusals by status and problem type.</summary>
    public IReadOnlyList<RefusalCount> Refusals { get; init; } = [];

    /// <summary>Requests without an answer, by reason.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>Figures by template of a scenario.</summary>
    public IReadOnlyList<TemplateFigures> Templates { get; init; } = [];

    /// <summary>The run over time.</summary>
    public IReadOnlyList<Slice> Timeline { get; init; } = [];

    /// <summary>All latencies, in order.</summary>
    public IReadOnlyList<LatencyCount> Histogram { get; init; } = [];

    /// <summary>The judgement of the sampled series of a soak, or null.</summary>
    public SoakReport? Soak { get; init; }

    /// <summary>Share of requests that were not successful.</summary>
    [JsonIgnore]
    public double ErrorShare => Requests == 0 ? 0 : (Requests - Ok) / (double)Requests;
}

/// <summary>Refusals of one kind.</summary>
/// <param name="Status">429, 503 or 504; RESOURCE_EXHAUSTED, UNAVAILABLE or DEADLINE_EXCEEDED.</param>
/// <param name="Type">The problem type; for gRPC, the status message.</param>
/// <param name="Count">Number of refusals.</param>
internal sealed record RefusalCount(string Status, string Type, long Count);

/// <summary>Figures of one template of a scenario.</summary>
internal sealed record TemplateFigures(string Name, long Requests, long Ok, long Good, long Refused, LatencyFigures Latency);
