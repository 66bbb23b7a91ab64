using System.Diagnostics;
using Herz.Resilience.Tests.Servers;

namespace Herz.Resilience.Tests.Samples;

/// <summary>A built app as its own process, on a free loopback port.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private AppProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    public string Address { get; }

    /// <param name="folder">The folder of the project; the app finds its settings there.</param>
    /// <param name="assembly">The built assembly, below the folder.</param>
    public static async Task<AppProcess> StartAsync(string folder, string assembly)
    {
        var address = $"http://localhost:{LoopbackPort.Free()}";
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var process = new Process
        {
            StartInfo = new("dotnet", [assembly, "--urls", address])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                Environment =
                {
                    ["ASPNETCORE_ENVIRONMENT"] = "Development",
                    ["DOTNET_ENVIRONMENT"] = "Development",
                    ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
                },
            },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.Add(line.Data ?? "");
            }

            if (line.Data?.Contains("Application started", StringComparison.Ordinal) == true)
            {
                started.TrySetResult();
            }
        };
        process.Exited += (_, _) => started.TrySetException(new InvalidOperationException("The app ended at its start:\n" + string.Join('\n', log)));
        process.Start();
        process.BeginOutputReadLine();
        var app = new AppProcess(process, address);
        try
        {
            await started.Task.WaitAsync(s_patience);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return app;
    }

    /// <summary>Stops it as a kubelet does, and tells its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("bash", ["-c", $"kill -TERM {_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
