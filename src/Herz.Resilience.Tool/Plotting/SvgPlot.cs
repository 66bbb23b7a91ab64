using System.Globalization;
using System.Net;
using System.Text;

namespace Herz.Resilience.Tool.Plotting;

/// <summary>A self-contained SVG line plot, readable at the width of a phone.</summary>
internal sealed class SvgPlot(string title, string xLabel, string yLabel)
{
    private const double Width = 440;
    private const double Height = 270;
    private const double Left = 56;
    private const double Right = 12;
    private const double Top = 44;
    private const double Bottom = 40;
    private const int MaxPoints = 600;

    private readonly List<PlotLine> _lines = [];

    /// <summary>Whether the y axis is logarithmic; then values of 0 or less are omitted.</summary>
    public bool LogY { get; init; }

    /// <summary>Adds a line; points that are not finite are omitted.</summary>
    public SvgPlot Add(string name, IEnumerable<(double X, double Y)> points, bool dashed = false)
    {
        var finite = points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y) && (!LogY || p.Y > 0)).ToArray();
        _lines.Add(new PlotLine(name, Thin(finite), dashed));
        return this;
    }

    /// <summary>Renders the plot; empty if no line has a point.</summary>
    public string Render()
    {
        var all = _lines.SelectMany(l => l.Points).ToArray();
        if (all.Length == 0)
        {
            return "";
        }

        var x = Axis.Over(all.Min(p => p.X), all.Max(p => p.X), 5, isLog: false);
        var y = LogY
            ? Axis.Over(all.Min(p => p.Y), all.Max(p => p.Y), 5, isLog: true)
            : Axis.Over(Math.Min(0, all.Min(p => p.Y)), all.Max(p => p.Y), 5, isLog: false);
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(title)}\" xmlns=\"http://www.w3.org/2000/svg\">\n"));
        svg.Append(Invariant($"<text class=\"t\" x=\"{Left}\" y=\"16\">{Text(title)}</text>\n"));
        Grid(svg, x, y);
        for (var i = 0; i < _lines.Count; i++)
        {
            Line(svg, _lines[i], i, x, y);
        }

        Legend(svg);
        return svg.Append("</svg>\n").ToString();
    }

    private void Grid(StringBuilder svg, Axis x, Axis y)
    {
        foreach (var tick in y.Ticks)
        {
            var at = AtY(y, tick);
            svg.Append(Invariant($"<line class=\"g\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{at:0.#}\" y2=\"{at:0.#}\"/><text class=\"y\" x=\"{Left - 6}\" y=\"{at + 4:0.#}\">{Axis.Label(tick)}</text>\n"));
        }

        foreach (var tick in x.Ticks)
        {
            svg.Append(Invariant($"<text class=\"x\" x=\"{AtX(x, tick):0.#}\" y=\"{Height - Bottom + 16}\">{Axis.Label(tick)}</text>\n"));
        }

        svg.Append(Invariant($"<text class=\"x\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">{Text(xLabel)}</text><text class=\"u\" x=\"{Left - 6}\" y=\"{Top - 12}\">{Text(yLabel)}</text>\n"));
    }

    private static void Line(StringBuilder svg, PlotLine line, int index, Axis x, Axis y)
    {
        if (line.Points.Length == 0)
        {
            return;
        }

        svg.Append(Invariant($"<polyline class=\"l{index % 6}{(line.Dashed ? " d" : "")}\" points=\""));
        foreach (var (px, py) in line.Points)
        {
            svg.Append(Invariant($"{AtX(x, px):0.#},{AtY(y, py):0.#} "));
        }

        svg.Append("\"/>\n");
    }

    private void Legend(StringBuilder svg)
    {
        var at = Left;
        for (var i = 0; i < _lines.Count && _lines.Count > 1; i++)
        {
            svg.Append(Invariant($"<line class=\"l{i % 6}{(_lines[i].Dashed ? " d" : "")}\" x1=\"{at}\" x2=\"{at + 14}\" y1=\"28\" y2=\"28\"/><text class=\"k\" x=\"{at + 18}\" y=\"32\">{Text(_lines[i].Name)}</text>\n"));
            at += 30 + (_lines[i].Name.Length * 6.2);
        }
    }

    private static double AtX(Axis axis, double value) => Left + (axis.Share(value) * (Width - Left - Right));

    private static double AtY(Axis axis, double value) => Height - Bottom - (axis.Share(value) * (Height - Top - Bottom));

    // Keeps the lowest and highest point of each section, so no peak is lost.
    private static (double X, double Y)[] Thin((double X, double Y)[] points)
    {
        if (points.Length <= MaxPoints)
        {
            return points;
        }

        return [.. points.Chunk((int)Math.Ceiling(points.Length * 2.0 / MaxPoints)).SelectMany(c => new[] { c.MinBy(p => p.Y), c.MaxBy(p => p.Y) }.OrderBy(p => p.X))];
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record PlotLine(string Name, (double X, double Y)[] Points, bool Dashed);
}
