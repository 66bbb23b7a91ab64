using Herz.Resilience.Tool.Commands;

namespace Herz.Resilience.Tool.Tests.Commands;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal static class HerzRunner
{
    public static async Task<(int Code, string Out, string Error)> RunAsync(string[] arguments, CancellationToken? cancellationToken = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await HerzCommand.InvokeAsync(arguments, new Terminal(output, error, IsLive: false), TimeProvider.System, cancellationToken ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
