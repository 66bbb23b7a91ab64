using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Recording;

/// <summary>Counts and latencies of one template or of all requests. One writer.</summary>
internal sealed class Tally
{
    private const int MaxRefusalTypes = 64;

    private readonly long[] _statuses = new long[GrpcStatus.End];
    private readonly long[] _failures = new long[Enum.GetValues<Failure>().Length];
    private readonly Dictionary<(int Status, string Type), long> _refusals = [];

    /// <summary>Latencies of all requests; a request without an answer counts with its waiting time.</summary>
    public LatencyHistogram All { get; } = new();

    /// <summary>Latencies of successful answers.</summary>
    public LatencyHistogram Ok { get; } = new();

    /// <summary>Requests with an outcome.</summary>
    public long Requests { get; private set; }

    /// <summary>Successful answers within the objective.</summary>
    public long Good { get; private set; }

    /// <summary>Number of refusals.</summary>
    public long Refused { get; private set; }

    /// <summary>Answers by status.</summary>
    public IEnumerable<(int Status, long Count)> Statuses => _statuses.Index().Where(s => s.Item > 0);

    /// <summary>Requests without an answer, by reason.</summary>
    public IEnumerable<(Failure Failure, long Count)> Failures => _failures.Index().Where(s => s.Item > 0).Select(s => ((Failure)s.Index, s.Item));

    /// <summary>Refusals by status and problem type.</summary>
    public IReadOnlyDictionary<(int Status, string Type), long> Refusals => _refusals;

    /// <summary>Adds one outcome.</summary>
    public void Add(in Completion done, long sloNs)
    {
        Requests++;
        All.Record(done.LatencyNs);
        if (done.Failure != Failure.None)
        {
            _failures[(int)done.Failure]++;
            return;
        }

        _statuses[Math.Clamp(done.Status, 0, GrpcStatus.End - 1)]++;
        if (done.IsSuccess)
        {
            Ok.Record(done.LatencyNs);
            Good += done.LatencyNs <= sloNs ? 1 : 0;
        }
        else if (done.IsRefusal)
        {
            Refused++;
            var key = (done.Status, done.RefusalType ?? (done.Status >= GrpcStatus.First ? "no message" : "no problem type"));
            if (_refusals.Count >= MaxRefusalTypes && !_refusals.ContainsKey(key))
            {
                key = (done.Status, "other types");
            }

            _refusals[key] = _refusals.GetValueOrDefault(key) + 1;
        }
    }
}
