using System.Diagnostics;
using System.Net.Http.Json;

namespace Herz.Resilience.Benchmarks.Captures;

/// <summary>Handle of one captured app, in a control group if given.</summary>
internal sealed class CapturedProcess : IDisposable
{
    private readonly Process _process;

    private CapturedProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public bool HasExited => _process.WaitForExit(TimeSpan.FromMilliseconds(200));

    /// <exception cref="InvalidOperationException">The app exited before it listened.</exception>
    public static async Task<CapturedProcess> StartAsync(LimitedGroup? group, bool serverCollector, params IEnumerable<string> arguments)
    {
        string[] enter = group is null ? [] : ["/bin/sh", "-c", "echo $$ > \"$0\"; exec \"$@\"", group.Processes];
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(CapturedProcess).Assembly.Location]
            : [Environment.ProcessPath!];
        string[] command = [.. enter, .. program, CapturedApp.Command, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_gcServer"] = serverCollector ? "1" : "0";
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync();
        return address is not null ? new CapturedProcess(process, new Uri(address)) : throw new InvalidOperationException("The app exited before it listened.");
    }

    /// <summary>Captures; null if the app is gone.</summary>
    /// <param name="method">The only capture method; null for all.</param>
    public async Task<CaptureResult?> CaptureAsync(string? method = null)
    {
        try
        {
            return await Client.GetFromJsonAsync<CaptureResult>(method is null ? "/capture" : $"/capture?method={method}");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
