namespace Herz.Resilience.Tool.Recording;

/// <summary>What happened in one stretch of the run, by the time of the outcome.</summary>
internal sealed record Slice
{
    /// <summary>Beginning in seconds from the end of the warm-up.</summary>
    public double From { get; init; }

    /// <summary>Length in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Requests whose intended start lies in it.</summary>
    public long Offered { get; init; }

    /// <summary>Successful answers.</summary>
    public long Ok { get; init; }

    /// <summary>Successful answers within the objective.</summary>
    public long Good { get; init; }

    /// <summary>Refusals: 429, 503, 504.</summary>
    public long Refused { get; init; }

    /// <summary>Other errors and requests without an answer.</summary>
    public long Failed { get; init; }

    /// <summary>Requests without an outcome yet at the end of the slice, queued ones included.</summary>
    public long Pending { get; init; }

    /// <summary>Latencies of all outcomes as pairs of microseconds and count.</summary>
    public IReadOnlyList<long[]> Latencies { get; init; } = [];

    /// <summary>This slice and the one after it as one.</summary>
    public Slice Merge(Slice next)
    {
        var merged = new LatencyHistogram(2);
        merged.Add(Latencies);
        merged.Add(next.Latencies);
        return new Slice
        {
            From = From,
            Seconds = Seconds + next.Seconds,
            Offered = Offered + next.Offered,
            Ok = Ok + next.Ok,
            Good = Good + next.Good,
            Refused = Refused + next.Refused,
            Failed = Failed + next.Failed,
            Pending = next.Pending,
            Latencies = merged.ToPairs(),
        };
    }
}
