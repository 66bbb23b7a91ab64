using Herz.Resilience.Tool.Commands;

namespace Herz.Resilience.Tool.Tests.Commands;

/// <summary>Runs a command line in this process and returns its output.</summary>
internal static class HerzRunner
{
    public static async Task<(int Code, string Out, string Error)> RunAsync(string[] arguments, CancellationToken? cancellationToken = null, TimeProvider? time = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await HerzCommand.InvokeAsync(arguments, new Terminal(output, error, IsLive: false), time ?? TimeProvider.System, cancellationToken ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
