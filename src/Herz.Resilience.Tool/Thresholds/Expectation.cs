using System.Globalization;
using System.Text.RegularExpressions;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Thresholds;

/// <summary>A threshold such as <c>p95&lt;800ms</c>, <c>goodput&gt;=380/s</c> or <c>errors&lt;1%</c>.</summary>
internal sealed partial class Expectation
{
    private const string Right = "write a metric (p50, p99.9, mean, max, ok.p95, schedule.p99, rate, goodput, errors, refused, failed, requests), an operator (< <= > >=) and a value with its unit, such as 'p95<800ms', 'goodput>=380/s', 'errors<1%'";

    private readonly string _metric;
    private readonly string _operator;
    private readonly double _limit;
    private readonly Kind _kind;

    private Expectation(string text, string metric, string @operator, double limit, Kind kind)
    {
        Text = text;
        _metric = metric;
        _operator = @operator;
        _limit = limit;
        _kind = kind;
    }

    private enum Kind
    {
        Milliseconds,
        PerSecond,
        Share,
        Count,
    }

    /// <summary>The text as given.</summary>
    public string Text { get; }

    /// <summary>Parses a threshold.</summary>
    /// <exception cref="UsageException">The text is not a threshold.</exception>
    public static Expectation Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new UsageException($"--expect is '{text}'; {Right}");
        }

        var metric = match.Groups["metric"].Value.ToLowerInvariant();
        var unit = match.Groups["unit"].Value.ToLowerInvariant();
        var value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        var (kind, scale) = Unit(metric, unit) ?? throw new UsageException($"--expect '{text}' has the unit '{unit}', which does not fit {metric}; {Right}");
        return new Expectation(text, metric, match.Groups["op"].Value, value * scale, kind);
    }

    /// <summary>Evaluates the threshold for a run.</summary>
    public ThresholdVerdict Judge(RunResult run)
    {
        var figure = Figure(run);
        // A latency without any request is not evidence that the threshold is kept.
        var isVoid = _kind == Kind.Milliseconds && Latencies(run).Count == 0;
        var kept = !isVoid && _operator switch
        {
            "<" => figure < _limit,
            "<=" => figure <= _limit,
            ">" => figure > _limit,
            _ => figure >= _limit,
        };
        return new ThresholdVerdict(Text, kept, isVoid ? "no such request" : Format(figure));
    }

    private static (Kind Kind, double Scale)? Unit(string metric, string unit)
    {
        var isLatency = metric is not ("rate" or "goodput" or "errors" or "refused" or "failed" or "requests");
        return (isLatency, metric, unit) switch
        {
            (true, _, "us" or "µs") => (Kind.Milliseconds, 1e-3),
            (true, _, "ms") => (Kind.Milliseconds, 1),
            (true, _, "s") => (Kind.Milliseconds, 1e3),
            (false, "rate" or "goodput", "/s" or "") => (Kind.PerSecond, 1),
            (false, "errors" or "refused" or "failed", "%") => (Kind.Share, 0.01),
            (false, "errors" or "refused" or "failed" or "requests", "") => (Kind.Count, 1),
            _ => null,
        };
    }

    private LatencyHistogram Latencies(RunResult run) =>
        _metric.StartsWith("ok.", StringComparison.Ordinal) ? run.Recorder.Total.Ok
        : _metric.StartsWith("schedule.", StringComparison.Ordinal) ? run.Recorder.ScheduleError
        : run.Recorder.Total.All;

    private double Figure(RunResult run)
    {
        var report = run.Report;
        if (_kind == Kind.Milliseconds)
        {
            var histogram = Latencies(run);
            var name = _metric[(_metric.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0 && !char.IsAsciiDigit(_metric[dot - 1]) ? dot + 1 : 0)..];
            return name switch
            {
                "mean" => histogram.MeanMs,
                "max" => histogram.MaxMs,
                _ => histogram.PercentileMs(double.Parse(name[1..], CultureInfo.InvariantCulture)),
            };
        }

        var count = _metric switch
        {
            "rate" => report.RatePerSecond,
            "goodput" => report.GoodputPerSecond,
            "requests" => report.Requests,
            "errors" => report.Requests - report.Ok,
            "refused" => report.Refused,
            _ => report.Failed,
        };
        return _kind == Kind.Share ? count / Math.Max(1, report.Requests) : count;
    }

    private string Format(double figure) => _kind switch
    {
        Kind.Milliseconds => string.Create(CultureInfo.InvariantCulture, $"{figure:0.###} ms"),
        Kind.PerSecond => string.Create(CultureInfo.InvariantCulture, $"{figure:0.##}/s"),
        Kind.Share => string.Create(CultureInfo.InvariantCulture, $"{figure * 100:0.####} %"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{figure:0}"),
    };

    [GeneratedRegex(@"^\s*(?<metric>(?:(?:ok|schedule)\.)?(?:p(?:100|\d{1,2}(?:\.\d+)?)|mean|max)|rate|goodput|errors|refused|failed|requests)\s*(?<op><=|>=|<|>)\s*(?<value>\d+(?:\.\d+)?)\s*(?<unit>us|µs|ms|s|/s|%|)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
