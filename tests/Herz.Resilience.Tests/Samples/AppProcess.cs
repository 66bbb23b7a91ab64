using System.Diagnostics;
using Herz.Resilience.Tests.Servers;

namespace Herz.Resilience.Tests.Samples;

/// <summary>A built app as its own process, on a free loopback port.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly List<string> _log = [];
    private readonly List<(Predicate<string> Matches, TaskCompletionSource<string> Found)> _waiting = [];

    private AppProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    public string Address { get; }

    /// <param name="folder">The folder of the project, with the app's settings.</param>
    /// <param name="assembly">The built assembly, or the executable of a self-contained app, below the folder.</param>
    /// <param name="settings">Environment variables, such as <c>Herz__LeakWatchdog__Window</c>.</param>
    public static async Task<AppProcess> StartAsync(string folder, string assembly, Dictionary<string, string>? settings = null)
    {
        var address = $"http://localhost:{LoopbackPort.Free()}";
        var process = new Process
        {
            StartInfo = new(assembly.EndsWith(".dll", StringComparison.Ordinal) ? "dotnet" : Path.Combine(folder, assembly))
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
        foreach (var argument in assembly.EndsWith(".dll", StringComparison.Ordinal) ? (string[])[assembly, "--urls", address] : ["--urls", address])
        {
            process.StartInfo.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings ?? [])
        {
            process.StartInfo.Environment[name] = value;
        }

        var app = new AppProcess(process, address);
        var started = app.WaitForLineAsync(static line => line.Contains("Application started", StringComparison.Ordinal));
        process.OutputDataReceived += (_, line) => app.Read(line.Data ?? "");
        process.Exited += (_, _) => app.End();
        process.Start();
        process.BeginOutputReadLine();
        try
        {
            await started;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return app;
    }

    /// <summary>Returns the first matching line of the log, including one written already.</summary>
    public Task<string> WaitForLineAsync(Predicate<string> matches)
    {
        lock (_log)
        {
            if (_log.Find(matches) is { } known)
            {
                return Task.FromResult(known);
            }

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task.WaitAsync(s_timeout);
        }
    }

    /// <summary>Stops the app with SIGTERM, as a kubelet does, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("bash", ["-c", $"kill -TERM {_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        using var timeout = new CancellationTokenSource(s_timeout);
        await _process.WaitForExitAsync(timeout.Token);
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

    private void Read(string line)
    {
        lock (_log)
        {
            _log.Add(line);
            foreach (var (_, found) in _waiting.Where(waiting => waiting.Matches(line)))
            {
                found.TrySetResult(line);
            }
        }
    }

    private void End()
    {
        lock (_log)
        {
            _waiting.ForEach(waiting => waiting.Found.TrySetException(new InvalidOperationException("The app has ended. Its log:\n" + string.Join('\n', _log))));
        }
    }
}
