using System.Net;
using System.Text;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Plotting;

/// <summary>A self-contained page for screen, phone and print.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#5c6670;--rule:#d9dee3;--paper:#fff;--c0:#0b62c4;--c1:#c4500b;--c2:#19803c;--c3:#8a2bb0;--c4:#b01e2f;--c5:#5c6670}
        @media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--soft:#9aa5b0;--rule:#343b43;--paper:#14171a;--c0:#6cb0ff;--c1:#ff9a5c;--c2:#62cf86;--c3:#d394f0;--c4:#ff7b89;--c5:#9aa5b0}}
        @media print{:root{--ink:#000;--soft:#444;--rule:#ccc;--paper:#fff;--c0:#0b62c4;--c1:#c4500b;--c2:#19803c;--c3:#8a2bb0;--c4:#b01e2f;--c5:#5c6670}figure{break-inside:avoid}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:1000px;padding:16px;background:var(--paper);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
        h1{font-size:1.35rem;margin:.2em 0}h2{font-size:1.1rem;margin:1.4em 0 .4em}p{margin:.4em 0}.soft{color:var(--soft)}.verdict{font-weight:600}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:12px}figure{margin:0}svg{width:100%;height:auto;display:block}
        .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:4px 10px 4px 0;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}th:first-child,td:first-child{text-align:left;white-space:normal}th{font-weight:600;color:var(--soft)}
        svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg .t{font-size:13px;font-weight:600;fill:var(--ink)}svg .y,svg .u{text-anchor:end}svg .x{text-anchor:middle}svg .g{stroke:var(--rule);stroke-width:1}
        svg polyline,svg line[class^=l]{fill:none;stroke-width:1.7;stroke-linejoin:round}svg .d{stroke-dasharray:5 4}svg .l0{stroke:var(--c0)}svg .l1{stroke:var(--c1)}svg .l2{stroke:var(--c2)}svg .l3{stroke:var(--c3)}svg .l4{stroke:var(--c4)}svg .l5{stroke:var(--c5)}
        """;

    /// <summary>Renders a page with a body.</summary>
    public static string Of(string title, string body) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <title>{Text(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """;

    /// <summary>Renders plots side by side if there is space; empty plots are omitted.</summary>
    public static string Plots(IEnumerable<SvgPlot> plots) =>
        "<div class=\"plots\">\n" + string.Concat(plots.Select(p => p.Render()).Where(p => p.Length > 0).Select(p => $"<figure>{p}</figure>\n")) + "</div>\n";

    /// <summary>Renders a table with a header.</summary>
    public static string Table(IEnumerable<string> head, IEnumerable<IEnumerable<string>> rows) =>
        "<div class=\"wide\"><table><thead><tr>" + string.Concat(head.Select(h => $"<th>{Text(h)}</th>")) + "</tr></thead><tbody>\n"
        + string.Concat(rows.Select(r => "<tr>" + string.Concat(r.Select(c => $"<td>{Text(c)}</td>")) + "</tr>\n")) + "</tbody></table></div>\n";

    /// <summary>Encodes text for HTML.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Writes a page atomically.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static void Write(string page, string path) => OutputFile.Write(path, "--html", Encoding.UTF8.GetBytes(page));
}
