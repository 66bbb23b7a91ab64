using Herz.Resilience.Metrics.Exposition;
using Herz.Resilience.Metrics.Series;

namespace Herz.Resilience.Tests.Metrics.Exposition;

public class PrometheusNamesTests
{
    [Theory]
    [InlineData("herz.request.duration", "s", MetricKind.Histogram, "herz_request_duration_seconds")]
    [InlineData("herz.requests", "{request}", MetricKind.Counter, "herz_requests_total")]
    [InlineData("herz.requests.total", "{request}", MetricKind.Counter, "herz_requests_total")]
    [InlineData("herz.total.time", "s", MetricKind.Counter, "herz_time_seconds_total")]
    [InlineData("herz.seconds.waited", "s", MetricKind.Counter, "herz_seconds_waited_total")]
    [InlineData("herz.response.size", "By", MetricKind.Histogram, "herz_response_size_bytes")]
    [InlineData("herz.bandwidth", "By/s", MetricKind.Gauge, "herz_bandwidth_bytes_per_second")]
    [InlineData("herz.rate", "{request}/s", MetricKind.Gauge, "herz_rate_per_second")]
    [InlineData("herz.load", "1", MetricKind.Gauge, "herz_load_ratio")]
    [InlineData("herz.load", "1", MetricKind.ObservedGauge, "herz_load_ratio")]
    [InlineData("herz.load", "1", MetricKind.UpDownCounter, "herz_load")]
    [InlineData("herz.cpu", "%", MetricKind.Gauge, "herz_cpu_percent")]
    [InlineData("herz.odd", "foo", MetricKind.Gauge, "herz_odd_foo")]
    [InlineData("herz..odd__name-", null, MetricKind.Gauge, "herz_odd_name")]
    [InlineData("3xx", null, MetricKind.Gauge, "_3xx")]
    [InlineData("herz.unit", "{unclosed", MetricKind.Gauge, "herz_unit")]
    [InlineData("total", null, MetricKind.Counter, "total")]
    internal void Metric_NameAndUnit_FollowTheOpenTelemetryRules(string name, string? unit, MetricKind kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.Metric(name, unit, kind));

    [Theory]
    [InlineData("http.route", "http_route")]
    [InlineData("__name__", "_name__")]
    [InlineData("le", "exported_le")]
    [InlineData("quantile", "exported_quantile")]
    [InlineData("2xx", "_2xx")]
    [InlineData("", "unnamed")]
    [InlineData("..", "unnamed")]
    [InlineData("größe", "gr__e")]
    public void Label_AnyKey_IsAValidPrometheusName(string key, string expected) =>
        Assert.Equal(expected, PrometheusNames.Label(key));

    [Fact]
    public void Value_EachType_IsTextInEveryCulture()
    {
        Assert.Equal("", PrometheusNames.Value(null));
        Assert.Equal("true", PrometheusNames.Value(true));
        Assert.Equal("1.5", PrometheusNames.Value(1.5));
        Assert.Equal("429", PrometheusNames.Value(429));
        Assert.Equal("Friday", PrometheusNames.Value(DayOfWeek.Friday));
    }

    [Fact]
    public void Help_WithLineBreaksAndBackslash_StaysOnOneLine() =>
        Assert.Equal(@"a b c\\d", PrometheusNames.Help("a\nb\r\nc\\d"));
}
