using System.CommandLine;
using Herz.Resilience.Tool.Comparing;
using Herz.Resilience.Tool.Plotting;
using Herz.Resilience.Tool.Reporting;

namespace Herz.Resilience.Tool.Commands;

/// <summary><c>herz compare</c>.</summary>
internal static class CompareCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Make(Terminal terminal)
    {
        var a = new Argument<string>("A.json") { Description = "Report of the first run, written with --json." };
        var b = new Argument<string>("B.json") { Description = "Report of the second run." };
        var html = new Option<string?>("--html") { Description = "Write the comparison with its plots to this HTML file." };
        var command = new Command("compare", "Compare two runs, with intervals and a verdict. Exit code 1 if the second run is worse.") { a, b, html };
        command.SetAction(parsed =>
        {
            var comparison = Comparison.Of(ReportJson.Read(parsed.GetRequiredValue(a)), ReportJson.Read(parsed.GetRequiredValue(b)));
            ComparisonText.Write(terminal.Out, comparison);
            if (parsed.GetValue(html) is { } file)
            {
                HtmlPage.Write(ComparisonPage.Of(comparison), file);
            }

            return comparison.IsWorse ? ExitCodes.Missed : ExitCodes.Success;
        });
        return command;
    }
}
