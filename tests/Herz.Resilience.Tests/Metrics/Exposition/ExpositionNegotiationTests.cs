using Herz.Resilience.Metrics.Exposition;
using Prometheus;

namespace Herz.Resilience.Tests.Metrics.Exposition;

public class ExpositionNegotiationTests
{
    // Prometheus 2.42 sends the first.
    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;q=0,text/plain", false)]
    [InlineData("text/plain,application/openmetrics-text;version=1.0.0;q=0.5", false)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", false)]
    [InlineData("*/*", false)]
    [InlineData("", false)]
    [InlineData("not a media type;;;", false)]
    [InlineData(null, false)]
    public void Choose_Accept_SelectsOpenMetricsOnlyOnRequest(string? accept, bool openMetrics) =>
        Assert.Equal(openMetrics, ExpositionNegotiation.Choose(accept) == ExpositionFormat.OpenMetricsText);
}
