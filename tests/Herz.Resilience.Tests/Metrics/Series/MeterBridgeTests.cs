using System.Diagnostics.Metrics;

namespace Herz.Resilience.Tests.Metrics.Series;

public class MeterBridgeTests
{
    [Fact]
    public async Task Counter_Adds_RemainsACounterWithItsLabels()
    {
        using var host = new MeterHost();
        var counter = host.Meter.CreateCounter<long>("herz.requests", "{request}", "Requests seen.");
        counter.Add(2, new("http.route", "/a"), new KeyValuePair<string, object?>("outcome", "ok"));
        counter.Add(3, new("http.route", "/a"), new KeyValuePair<string, object?>("outcome", "ok"));

        var text = await host.ScrapeAsync();

        Assert.Contains("# HELP herz_requests_total Requests seen.\n# TYPE herz_requests_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("herz_requests_total{http_route=\"/a\",outcome=\"ok\"} 5\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counter_WithTagsInAnotherOrder_UsesTheSameSeries()
    {
        using var host = new MeterHost();
        var counter = host.Meter.CreateCounter<int>("herz.ordered");
        counter.Add(1, new("b", "2"), new KeyValuePair<string, object?>("a", "1"));
        counter.Add(1, new("a", "1"), new KeyValuePair<string, object?>("b", "2"));

        Assert.Equal(["herz_ordered_total{a=\"1\",b=\"2\"} 2"], Series(await host.ScrapeAsync(), "herz_ordered_total"));
    }

    [Fact]
    public async Task UpDownCounter_PlusAndMinus_IsAGaugeOfTheirSum()
    {
        using var host = new MeterHost();
        var active = host.Meter.CreateUpDownCounter<int>("herz.active", "{request}");
        active.Add(3);
        active.Add(-1);

        var text = await host.ScrapeAsync();

        Assert.Contains("# TYPE herz_active gauge", text, StringComparison.Ordinal);
        Assert.Equal(["herz_active 2"], Series(text, "herz_active"));
    }

    [Fact]
    public async Task Histogram_WithAdvice_UsesTheAdvisedBuckets()
    {
        using var host = new MeterHost();
        var duration = host.Meter.CreateHistogram(
            "herz.request.duration", "s", "d", [], new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        duration.Record(0.05);
        duration.Record(0.5);
        duration.Record(5);

        Assert.Equal(
            [
                "herz_request_duration_seconds_sum 5.55",
                "herz_request_duration_seconds_count 3",
                "herz_request_duration_seconds_bucket{le=\"0.1\"} 1",
                "herz_request_duration_seconds_bucket{le=\"1\"} 2",
                "herz_request_duration_seconds_bucket{le=\"+Inf\"} 3",
            ],
            Series(await host.ScrapeAsync(), "herz_request_duration_seconds"));
    }

    [Fact]
    public async Task Histogram_OfWholeNumbersWithAdvice_UsesTheAdvisedBuckets()
    {
        using var host = new MeterHost();
        var size = host.Meter.CreateHistogram("herz.size", "By", "d", [], new InstrumentAdvice<int> { HistogramBucketBoundaries = [10, 20] });
        size.Record(15);

        Assert.Contains("herz_size_bytes_bucket{le=\"20\"} 1", Series(await host.ScrapeAsync(), "herz_size_bytes"));
        Assert.DoesNotContain("le=\"5\"", await host.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObservableGauge_NoLongerObserved_IsRemoved()
    {
        using var host = new MeterHost();
        var open = new List<string> { "db", "cache" };
        host.Meter.CreateObservableGauge("herz.breaker", () => open.Select(name => new Measurement<int>(1, new KeyValuePair<string, object?>("name", name))));

        Assert.Equal(2, Series(await host.ScrapeAsync(), "herz_breaker").Length);
        open.Remove("db");
        Assert.Equal(["herz_breaker{name=\"cache\"} 1"], Series(await host.ScrapeAsync(), "herz_breaker"));
        open.Add("db");
        Assert.Equal(2, Series(await host.ScrapeAsync(), "herz_breaker").Length);
    }

    [Fact]
    public async Task ObservableCounter_Totals_ArePublishedUnchanged()
    {
        using var host = new MeterHost();
        var total = 5L;
        host.Meter.CreateObservableCounter("herz.collected", () => total);

        Assert.Equal(["herz_collected_total 5"], Series(await host.ScrapeAsync(), "herz_collected_total"));
        total = 7;
        Assert.Equal(["herz_collected_total 7"], Series(await host.ScrapeAsync(), "herz_collected_total"));
    }

    [Fact]
    public async Task ObservableInstrument_ThatThrows_LosesOnlyItsOwnValues()
    {
        using var host = new MeterHost();
        host.Meter.CreateObservableGauge("herz.broken", new Func<int>(() => throw new InvalidOperationException("no value today")));
        host.Meter.CreateObservableGauge("herz.whole", () => 4);

        var text = await host.ScrapeAsync();

        Assert.Empty(Series(text, "herz_broken"));
        Assert.Equal(["herz_whole 4"], Series(text, "herz_whole"));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public async Task InvalidValue_IsRejectedAndCounted(double value)
    {
        using var host = new MeterHost();
        var counter = host.Meter.CreateCounter<double>("herz.invalid");
        var histogram = host.Meter.CreateHistogram<double>("herz.invalid.time", "s");
        counter.Add(1);
        counter.Add(value);
        histogram.Record(1);
        histogram.Record(value);

        var text = await host.ScrapeAsync();

        Assert.Equal(["herz_invalid_total 1"], Series(text, "herz_invalid_total"));
        Assert.Contains("herz_invalid_time_seconds_count 1", Series(text, "herz_invalid_time_seconds"));
        Assert.Contains("herz_metrics_rejected_measurements_total{instrument=\"herz.invalid\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("herz_metrics_rejected_measurements_total{instrument=\"herz.invalid.time\"} 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TagThatCannotBeWritten_LosesOnlyItsMeasurement()
    {
        using var host = new MeterHost();
        var counter = host.Meter.CreateCounter<int>("herz.hostile");
        counter.Add(1, new KeyValuePair<string, object?>("bad", new Hostile()));
        counter.Add(1, new KeyValuePair<string, object?>("good", "x"));

        var text = await host.ScrapeAsync();

        Assert.Equal(["herz_hostile_total{good=\"x\"} 1"], Series(text, "herz_hostile_total"));
        Assert.Contains("herz_metrics_rejected_measurements_total{instrument=\"herz.hostile\"} 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreSeriesThanTheLimit_GoToOneOverflowSeries()
    {
        using var host = new MeterHost(maxSeries: 3);
        var counter = host.Meter.CreateCounter<int>("herz.many");
        for (var i = 0; i < 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("client", i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        counter.Add(1, new KeyValuePair<string, object?>("client", "0"));

        var series = Series(await host.ScrapeAsync(), "herz_many_total");

        Assert.Equal(4, series.Length);
        Assert.Contains("herz_many_total{client=\"0\"} 2", series);
        Assert.Contains("herz_many_total{otel_metric_overflow=\"true\"} 7", series);
    }

    [Theory]
    [InlineData("gauge")]
    [InlineData("counter")]
    [InlineData("up-down")]
    public async Task ObservedSeriesBeyondTheLimit_AreSummed(string kind)
    {
        using var host = new MeterHost(maxSeries: 3);
        var values = new List<long> { 1, 2, 3, 40, 50, 60 };
        IEnumerable<Measurement<long>> Read() => values.Select(static (value, index) => new Measurement<long>(value, new KeyValuePair<string, object?>("queue", $"q{index}")));
        _ = kind switch
        {
            "gauge" => host.Meter.CreateObservableGauge("herz.many", Read),
            "counter" => (Instrument)host.Meter.CreateObservableCounter("herz.many", Read),
            _ => host.Meter.CreateObservableUpDownCounter("herz.many", Read),
        };
        var name = kind == "counter" ? "herz_many_total" : "herz_many";

        Assert.Equal(
            [$"{name}{{otel_metric_overflow=\"true\"}} 150", $"{name}{{queue=\"q0\"}} 1", $"{name}{{queue=\"q1\"}} 2", $"{name}{{queue=\"q2\"}} 3"],
            Series(await host.ScrapeAsync(), name).Order(StringComparer.Ordinal));

        values[5] = 70;
        Assert.Contains($"{name}{{otel_metric_overflow=\"true\"}} 160", Series(await host.ScrapeAsync(), name));
    }

    [Fact]
    public async Task ObservedOverflow_NoLongerObserved_IsRemoved()
    {
        using var host = new MeterHost(maxSeries: 1);
        var values = new List<int> { 1, 2, 3 };
        host.Meter.CreateObservableGauge("herz.few", () => values.Select(static value => new Measurement<int>(value, new KeyValuePair<string, object?>("value", value))));
        Assert.Contains("herz_few{otel_metric_overflow=\"true\"} 5", Series(await host.ScrapeAsync(), "herz_few"));

        values.RemoveRange(1, 2);

        Assert.Equal(["herz_few{value=\"1\"} 1"], Series(await host.ScrapeAsync(), "herz_few"));
    }

    [Fact]
    public async Task TwoHostsInOneProcess_DoNotMix()
    {
        using var first = new MeterHost();
        using var second = new MeterHost();
        first.Meter.CreateCounter<int>("herz.own").Add(1);
        second.Meter.CreateCounter<int>("herz.own").Add(10);

        Assert.Equal(["herz_own_total 1"], Series(await first.ScrapeAsync(), "herz_own_total"));
        Assert.Equal(["herz_own_total 10"], Series(await second.ScrapeAsync(), "herz_own_total"));
    }

    [Fact]
    public async Task MeterOfAnotherName_IsNotPublished()
    {
        using var host = new MeterHost();
        using var other = new Meter(new MeterOptions("Somebody.Else") { Scope = host.Meter.Scope });
        other.CreateCounter<int>("foreign").Add(1);

        Assert.DoesNotContain("foreign", await host.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TagsWithTheSameLabelName_AreJoined()
    {
        using var host = new MeterHost();
        host.Meter.CreateCounter<int>("herz.joined").Add(1, new("a.b", "1"), new KeyValuePair<string, object?>("a_b", "2"));

        Assert.Equal(["herz_joined_total{a_b=\"1;2\"} 1"], Series(await host.ScrapeAsync(), "herz_joined_total"));
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        using var host = new MeterHost();
        var counter = host.Meter.CreateCounter<long>("herz.parallel");
        var histogram = host.Meter.CreateHistogram<double>("herz.parallel.time", "s");
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("n", i % 50));
                histogram.Record(0.25, new KeyValuePair<string, object?>("n", i % 50));
            }
        });

        var text = await host.ScrapeAsync();

        var series = Series(text, "herz_parallel_total");
        Assert.Equal(50, series.Length);
        Assert.All(series, line => Assert.EndsWith(" 800", line, StringComparison.Ordinal));
        Assert.Contains("herz_parallel_time_seconds_sum{n=\"7\"} 200", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_WithAnExistingSeries_AllocatesNothing()
    {
        using var host = new MeterHost();
        var duration = host.Meter.CreateHistogram<double>("herz.request.duration", "s");
        var counter = host.Meter.CreateCounter<long>("herz.requests");

        Assert.Equal(0, Allocation.Of(() => Measure(duration, counter, 1_000)));
    }

    private static void Measure(Histogram<double> duration, Counter<long> counter, int times)
    {
        for (var i = 0; i < times; i++)
        {
            duration.Record(0.01, new("http.route", "/orders/{id}"), new("outcome", "ok"), new("herz.tag", "blue"));
            counter.Add(1, new("http.route", "/orders/{id}"), new("outcome", "ok"), new KeyValuePair<string, object?>("herz.tag", "blue"));
        }
    }

    private static string[] Series(string exposition, string family) =>
        [.. exposition.Split('\n').Where(line => line.StartsWith(family, StringComparison.Ordinal))];

    private sealed class Hostile
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
