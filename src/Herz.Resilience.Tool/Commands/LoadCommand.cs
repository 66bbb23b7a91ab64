using System.CommandLine;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Commands;

/// <summary><c>herz load</c>.</summary>
internal static class LoadCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Make(Terminal terminal, TimeProvider time)
    {
        var options = new LoadOptions("30s");
        var command = new Command("load", "Send requests on a fixed schedule, independent of the answers, and report the results.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, terminal, time, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(LoadOptions options, ParseResult parsed, Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var (settings, expectations) = options.Read(parsed);
        var run = new LoadRun(settings, time);
        var result = await Progress.ShowAsync(run, settings, terminal, time, cancellationToken).ConfigureAwait(false);

        TextReport.Write(terminal.Out, result.Report);
        var verdicts = expectations.Select(e => e.Judge(result)).ToArray();
        TextReport.Write(terminal.Out, verdicts);
        options.WriteFiles(parsed, result.Report);
        return result.Report.BrokenOff ? ExitCodes.BrokenOff
            : verdicts.All(v => v.Kept) ? ExitCodes.Success
            : ExitCodes.Missed;
    }
}
