using System.Diagnostics;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>Handle of the process that serves one row.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly Uri[] _addresses;

    private AppProcess(Process process, Uri[] addresses) => (_process, _addresses) = (process, addresses);

    public Uri Http1 => _addresses[0];

    public Uri Http2 => _addresses[1];

    public Uri Tls => _addresses[2];

    /// <exception cref="InvalidOperationException">The app did not start.</exception>
    public static async Task<AppProcess> StartAsync(string row, bool isGuarded)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(AppProcess).Assembly.Location);
        }

        start.ArgumentList.Add(AppServer.Command);
        start.ArgumentList.Add(row);
        start.ArgumentList.Add(isGuarded.ToString());

        // Many processes run in parallel; one heap per core in each would waste memory.
        start.Environment["DOTNET_gcServer"] = "0";

        // Idle thread pool workers that spin would take CPU from the other processes.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        var process = Process.Start(start)!;
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && errors.Count < 5)
            {
                errors.Add(text);
            }
        };
        process.BeginErrorReadLine();
        if (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            return new AppProcess(process, [.. line.Split(' ').Select(static address => new Uri(address))]);
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException($"The app of {row} exited before it listened: {string.Join(' ', errors)}");
    }

    /// <summary>Reads the state of the app.</summary>
    /// <exception cref="InvalidOperationException">The app has exited.</exception>
    public async Task<HerzState> ReadAsync()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync();
            if (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                return HerzState.Read(line);
            }
        }
        catch (IOException)
        {
            // The exit is reported below.
        }

        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"the app exited with code {_process.ExitCode}");
    }

    /// <summary>Stops the process for a time, like a busy host, a debugger or a migrated virtual machine.</summary>
    public async Task HoldAsync(TimeSpan time)
    {
        await SignalAsync("STOP");
        await Task.Delay(time);
        await SignalAsync("CONT");
    }

    /// <summary>Shuts down the app like a deployment: requests in flight are answered.</summary>
    public async Task StopAsync()
    {
        CloseInput();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        CloseInput();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The app exited with unread input.
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
