using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>Lines over the seconds of a simulated run, as an SVG for the README.</summary>
internal sealed partial class Plot(string title, double seconds, double most)
{
    private const int Width = 720;
    private const int Height = 260;
    private const int Left = 44;
    private const int Top = 44;
    private const int Bottom = 28;

    private readonly StringBuilder _lines = new();
    private int _legend = Left;

    public void Line(string name, string color, IEnumerable<double> perSecond)
    {
        var points = string.Join(' ', perSecond.Select((value, second) => string.Create(CultureInfo.InvariantCulture, $"{X(second):F0},{Y(value):F1}")));
        _lines.AppendLine(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{points}"/>""");
        _lines.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{_legend}" y="36" fill="{color}">{name}</text>""");
        _legend += (7 * name.Length) + 24;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">
        <rect width="{Width}" height="{Height}" fill="#fff"/>
        <text x="{Left}" y="18" font-weight="bold">{title}</text>
        {string.Concat(Grid())}{_lines}</svg>

        """).ReplaceLineEndings("\n");

    /// <summary>How far two plots are apart: the mean distance of their points, as a share of the height.</summary>
    public static double Distance(string one, string other)
    {
        var (first, second) = (Values(one), Values(other));
        return first.Length == 0 || first.Length != second.Length ? 1 : first.Zip(second, static (a, b) => Math.Abs(a - b)).Average() / (Height - Top - Bottom);
    }

    private static double[] Values(string plot) =>
        [.. Points().Matches(plot).Select(static match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    private IEnumerable<string> Grid()
    {
        for (var part = 0; part <= 4; part++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"""
                <line x1="{Left}" x2="{Width - 12}" y1="{Y(most * part / 4):F0}" y2="{Y(most * part / 4):F0}" stroke="#ddd"/><text x="{Left - 6}" y="{Y(most * part / 4) + 4:F0}" text-anchor="end">{most * part / 4:F0}</text>
                <text x="{X(seconds * part / 4):F0}" y="{Height - 8}" text-anchor="middle">{seconds * part / 4:F0} s</text>

                """);
        }
    }

    private double X(double second) => Left + (second / seconds * (Width - 12 - Left));

    private double Y(double value) => Height - Bottom - (Math.Min(value / most, 1) * (Height - Top - Bottom));

    [GeneratedRegex(@"[\d]+,([\d.]+)")]
    private static partial Regex Points();
}
