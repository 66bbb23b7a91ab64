using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Herz.Resilience.Tool.Tests.Plotting;

internal static class PageAssert
{
    /// <summary>Each plot is well-formed XML, and the page loads no other resource.</summary>
    public static void IsSelfContained(string page, int plots)
    {
        var svgs = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline).Select(m => XElement.Parse(m.Value)).ToArray();
        Assert.Equal(plots, svgs.Length);
        Assert.All(svgs, svg => Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "polyline"));
        Assert.All(svgs.SelectMany(s => s.Descendants()).Where(e => e.Name.LocalName == "polyline"), line =>
            Assert.DoesNotMatch("NaN|∞|Infinity", line.Attribute("points")!.Value));
        Assert.DoesNotMatch("(src|href)=|@import|url\\(|<script", page);
        Assert.Contains("name=\"viewport\"", page, StringComparison.Ordinal);
    }
}
