using System.Buffers;

namespace Herz.Resilience.Tool.Recording;

/// <summary>The outcomes in one period of the run, by the time of the outcome.</summary>
internal sealed record Slice
{
    /// <summary>Start, in seconds after the warm-up.</summary>
    public double From { get; init; }

    /// <summary>Length in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Requests with an intended start in the slice.</summary>
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

    /// <summary>Latencies of all outcomes, in order.</summary>
    public IReadOnlyList<LatencyCount> Latencies { get; init; } = [];

    /// <summary>Merges this slice with the next one.</summary>
    public Slice Merge(Slice next) => new()
    {
        From = From,
        Seconds = Seconds + next.Seconds,
        Offered = Offered + next.Offered,
        Ok = Ok + next.Ok,
        Good = Good + next.Good,
        Refused = Refused + next.Refused,
        Failed = Failed + next.Failed,
        Pending = next.Pending,
        Latencies = Merge(Latencies, next.Latencies),
    };

    // Both lists are sorted and have the same resolution, so no histogram (ten times their size) is needed.
    private static LatencyCount[] Merge(IReadOnlyList<LatencyCount> a, IReadOnlyList<LatencyCount> b)
    {
        var buffer = ArrayPool<LatencyCount>.Shared.Rent(a.Count + b.Count);
        var (i, j, count) = (0, 0, 0);
        while (i < a.Count || j < b.Count)
        {
            var order = i == a.Count ? 1 : j == b.Count ? -1 : a[i].Microseconds.CompareTo(b[j].Microseconds);
            buffer[count++] = order switch
            {
                < 0 => a[i++],
                > 0 => b[j++],
                _ => new LatencyCount(a[i].Microseconds, a[i++].Count + b[j++].Count),
            };
        }

        var merged = buffer[..count];
        ArrayPool<LatencyCount>.Shared.Return(buffer);
        return merged;
    }
}
