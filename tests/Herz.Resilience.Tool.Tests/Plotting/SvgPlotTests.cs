using System.Xml.Linq;
using CsCheck;
using Herz.Resilience.Tool.Plotting;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Tests.Plotting;

public sealed class SvgPlotTests
{
    [Fact]
    public void Over_AnyRange_IncludesBothEnds() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[0, 1e6]).Sample((low, width) =>
        {
            var axis = Axis.Over(low, low + width, 5, isLog: false);

            var rounding = 1e-9 * (Math.Abs(low) + width);
            Assert.True(axis.Low <= low + rounding && axis.High >= low + width - rounding);
            Assert.InRange(axis.Ticks.Count, 2, 12);
        }, iter: 1000);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(12_500, "12.5k")]
    [InlineData(0.25, "0.25")]
    [InlineData(3e6, "3M")]
    [InlineData(2e9, "2G")]
    public void Label_Number_IsShort(double value, string text) => Assert.Equal(text, Axis.Label(value));

    [Fact]
    public void Render_NamesWithMarkup_AreEncoded()
    {
        var svg = XElement.Parse(new SvgPlot("<script>&", "x", "y").Add("a<b", [(0, 1), (1, 2)]).Add("c", [(0, 1)]).Render());

        Assert.Contains(svg.Descendants(), e => e.Value == "<script>&");
    }

    [Fact]
    public void Render_ManyPoints_KeepsThePeak()
    {
        var svg = new SvgPlot("t", "x", "y").Add("a", Enumerable.Range(0, 50_000).Select(i => ((double)i, i == 33_333 ? 100.0 : 1.0))).Render();
        var points = XElement.Parse(svg).Descendants().Single(e => e.Name.LocalName == "polyline").Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.InRange(points.Length, 300, 700);
        Assert.Single(points, p => double.Parse(p.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture) < 60);
    }

    [Fact]
    public void Render_NothingToPlot_IsEmpty() => Assert.Equal("", new SvgPlot("t", "x", "y") { LogY = true }.Add("a", [(1, 0), (2, double.NaN)]).Render());

    [Theory]
    [InlineData(new double[0], "")]
    [InlineData(new double[] { 0, 0 }, "▁▁")]
    [InlineData(new double[] { 0, 50, 100 }, "▁▅█")]
    public void Sparkline_Values_BecomeBars(double[] values, string bars) => Assert.Equal(bars, Sparkline.Of(values));
}
