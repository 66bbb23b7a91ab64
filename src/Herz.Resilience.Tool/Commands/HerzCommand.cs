using System.CommandLine;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Commands;

/// <summary>The root command: runs a subcommand and maps each outcome to an exit code.</summary>
internal static class HerzCommand
{
    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Prove limits and leaks: open-loop load, soak with a verdict, comparison of two runs.")
        {
            LoadCommand.Make(terminal, time),
            SoakCommand.Make(terminal, time),
            CompareCommand.Make(terminal),
            LeaksCommand.Make(terminal),
        };
        // An argument that starts with @ names a request body file, not a response file.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            terminal.Error.WriteLine($"herz: {parsed.Errors[0].Message} (see herz {parsed.CommandResult.Command.Name.Replace("herz", "", StringComparison.Ordinal)} --help)");
            return ExitCodes.Usage;
        }

        try
        {
            // Ctrl-C cancels the token; the library's own handling would end the process before the report.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellationToken).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            terminal.Error.WriteLine("herz: " + e.Message);
            return ExitCodes.Usage;
        }
        catch (TargetUnreachableException e)
        {
            terminal.Error.WriteLine("herz: " + e.Message);
            return ExitCodes.Unreachable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Error.WriteLine("herz: broken off before the first measurement");
            return ExitCodes.BrokenOff;
        }
    }
}
