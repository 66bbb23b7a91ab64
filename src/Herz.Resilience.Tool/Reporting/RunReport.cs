using System.Text.Json.Serialization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>The figures of a run, as they are written with <c>--json</c> and read by <c>herz compare</c>.</summary>
internal sealed record RunReport
{
    /// <summary>Tells this file from others; the number rises when its form changes.</summary>
    public int Herz { get; init; } = 1;

    /// <summary>What was asked.</summary>
    public required string Target { get; init; }

    /// <summary>The shape of the load in words.</summary>
    public required string Shape { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Length that the figures stand for, without warm-up and waiting for the last answers, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>True when it was broken off.</summary>
    public bool BrokenOff { get; init; }

    /// <summary>The objective for goodput in milliseconds, or null.</summary>
    public double? SloMs { get; init; }

    /// <summary>Requests with an outcome.</summary>
    public long Requests { get; init; }

    /// <summary>Successful answers.</summary>
    public long Ok { get; init; }

    /// <summary>Successful answers within the objective.</summary>
    public long Good { get; init; }

    /// <summary>Refusals: 429, 503, 504, and the statuses of gRPC that stand for them.</summary>
    public long Refused { get; init; }

    /// <summary>Other errors and requests without an answer.</summary>
    public long Failed { get; init; }

    /// <summary>Intended starts per second.</summary>
    public double RatePerSecond { get; init; }

    /// <summary>Good answers per second.</summary>
    public double GoodputPerSecond { get; init; }

    /// <summary>Latencies of all requests, those without an answer included.</summary>
    public required LatencyFigures Latency { get; init; }

    /// <summary>Latencies of successful answers.</summary>
    public required LatencyFigures OkLatency { get; init; }

    /// <summary>How long after their intended starts the generator came to the requests.</summary>
    public required LatencyFigures ScheduleError { get; init; }

    /// <summary>Requests that waited for a connection.</summary>
    public long HeldBack { get; init; }

    /// <summary>Share of the time in which the generator's thread had something to do; near 1 it measures itself.</summary>
    public double BusyShare { get; init; }

    /// <summary>Most requests without an outcome at one time.</summary>
    public long PeakPending { get; init; }

    /// <summary>Answers by status.</summary>
    public IReadOnlyDictionary<string, long> Statuses { get; init; } = new Dictionary<string, long>();

    /// <summary>Refusals by status and problem type.</summary>
    public IReadOnlyList<RefusalCount> Refusals { get; init; } = [];

    /// <summary>Requests without an answer, by reason.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>The same for each template of a scenario.</summary>
    public IReadOnlyList<TemplateFigures> Templates { get; init; } = [];

    /// <summary>The run over time.</summary>
    public IReadOnlyList<Slice> Timeline { get; init; } = [];

    /// <summary>All latencies, in order.</summary>
    public IReadOnlyList<LatencyCount> Histogram { get; init; } = [];

    /// <summary>What became of the watched series, when the run was a soak.</summary>
    public SoakReport? Soak { get; init; }

    /// <summary>Share of requests without a success.</summary>
    [JsonIgnore]
    public double ErrorShare => Requests == 0 ? 0 : (Requests - Ok) / (double)Requests;
}

/// <summary>Refusals of one kind.</summary>
/// <param name="Status">429, 503 or 504; RESOURCE_EXHAUSTED, UNAVAILABLE or DEADLINE_EXCEEDED.</param>
/// <param name="Type">The problem type; of a gRPC call what the server said.</param>
/// <param name="Count">How many.</param>
internal sealed record RefusalCount(string Status, string Type, long Count);

/// <summary>Figures of one template of a scenario.</summary>
internal sealed record TemplateFigures(string Name, long Requests, long Ok, long Good, long Refused, LatencyFigures Latency);
