using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Herz.Resilience.Metrics.Series;
using Microsoft.Extensions.Logging.Abstractions;

namespace Herz.Resilience.Benchmarks.Metrics;

/// <summary>Cost of one measurement with three tags, from the runtime's listener to the prometheus-net series.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class MeterBridgeBenchmark : IDisposable
{
    private static readonly object s_status = 200;

    private readonly Meter _meter = new(new MeterOptions("Herz.Resilience"));
    private readonly MeterBridge _bridge = new("Herz.Resilience", scope: null, maxSeriesPerInstrument: 2_000, NullLogger.Instance);
    private readonly Counter<long> _counter;
    private readonly Histogram<double> _histogram;

    public MeterBridgeBenchmark()
    {
        _counter = _meter.CreateCounter<long>("herz.requests");
        _histogram = _meter.CreateHistogram<double>("herz.request.duration", "s");
    }

    /// <summary>Number of series of the instrument.</summary>
    [Params(1, 1_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 1; i < Series; i++)
        {
            _counter.Add(1, new("http.route", $"/orders/{i}"), new("outcome", "ok"), new KeyValuePair<string, object?>("status", s_status));
            _histogram.Record(0.01, new("http.route", $"/orders/{i}"), new("outcome", "ok"), new KeyValuePair<string, object?>("status", s_status));
        }
    }

    [Benchmark]
    public void Counter() =>
        _counter.Add(1, new("http.route", "/orders/{id}/items"), new("outcome", "ok"), new KeyValuePair<string, object?>("status", s_status));

    [Benchmark]
    public void Histogram() =>
        _histogram.Record(0.012, new("http.route", "/orders/{id}/items"), new("outcome", "ok"), new KeyValuePair<string, object?>("status", s_status));

    public void Dispose()
    {
        _bridge.Dispose();
        _meter.Dispose();
        GC.SuppressFinalize(this);
    }
}
