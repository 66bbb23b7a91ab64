using CsCheck;
using Herz.Resilience.Tool.Soaking;

namespace Herz.Resilience.Tool.Tests.Soaking;

public sealed class ExpositionTests
{
    private const string Text = """
        # HELP jobs Jobs by queue.
        # TYPE jobs gauge
        jobs{queue="mail",note="a } \" b"} 3 1700000000000
        jobs{queue="print"} 4e0
        # TYPE http_requests_total counter
        http_requests_total{code="200"} 1027
        # TYPE lat histogram
        lat_bucket{le="+Inf"} 5
        lat_sum 0.5
        odd NaN
        big +Inf
        """;

    [Fact]
    public void Parse_PrometheusText_ReturnsEachSeriesWithItsType()
    {
        var scrape = Exposition.Parse(Text);

        Assert.Equal(7, scrape.Lines.Count);
        Assert.Equal(3, scrape.Lines[0].Value);
        Assert.Equal(("gauge", "counter", "counter", "untyped"), (scrape.TypeOf("jobs"), scrape.TypeOf("http_requests_total"), scrape.TypeOf("lat_bucket"), scrape.TypeOf("odd")));
    }

    [Fact]
    public void Parse_OpenMetrics_TreatsTotalsAsCounters()
    {
        var scrape = Exposition.Parse("# TYPE foo counter\n# UNIT foo seconds\nfoo_total 17.0 1520879607.789 # {id=\"x\"} 1\nfoo_created 1520872607.123\n# EOF\n");

        Assert.Equal(("counter", "gauge", 17.0), (scrape.TypeOf("foo_total"), scrape.TypeOf("foo_created"), scrape.Lines[0].Value));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html></html>", "HTML")]
    [InlineData("  \n<xml/>", "HTML or XML")]
    [InlineData("", "contains no series")]
    [InlineData("# only a comment", "contains no series")]
    [InlineData("{\"status\":\"ok\"}", "is not a metric")]
    [InlineData("hello world", "is not a metric")]
    [InlineData("jobs{queue=\"mail 3", "is not a metric")]
    [InlineData("404 page not found", "is not a metric")]
    public void Parse_OtherFormat_NamesTheFormatOrLine(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<NotMetricsException>(() => Exposition.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AnyText_ThrowsNoOtherException() =>
        Gen.String[Gen.Char["ab{}\"\\=,# \n1.eN_:"], 0, 60].Sample(text =>
        {
            try
            {
                Exposition.Parse(text);
            }
            catch (NotMetricsException)
            {
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("jobs", "jobs=7")]
    [InlineData("jobs{queue=\"mail\"}", "jobs{queue=\"mail\"}=3")]
    [InlineData("jobs{ queue=\"print\" }", "jobs{queue=\"print\"}=4")]
    [InlineData("jobs{queue=\"none\"}", "")]
    [InlineData("j*", "jobs{queue=\"mail\",note=\"a } \\\" b\"}=3 jobs{queue=\"print\"}=4")]
    [InlineData("*_total", "http_requests_total{code=\"200\"}=1027")]
    [InlineData("odd", "")]
    public void Of_Choice_ReturnsOrSumsMatchingSeries(string choice, string expected) =>
        Assert.Equal(expected, string.Join(" ", SeriesChoice.Parse(choice).Of(Exposition.Parse(Text)).Select(s => $"{s.Name}={s.Value}")));

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("a{b=c}")]
    [InlineData("a{b=\"c\"")]
    public void Parse_InvalidChoice_StatesTheCorrectForm(string text) =>
        Assert.Contains("--series", Assert.Throws<UsageException>(() => SeriesChoice.Parse(text)).Message, StringComparison.Ordinal);
}
