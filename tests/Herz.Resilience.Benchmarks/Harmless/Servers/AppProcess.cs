using System.Diagnostics;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>The parent's hold on the process that serves one row.</summary>
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

        // A heap for each core in many processes is more than they need.
        start.Environment["DOTNET_gcServer"] = "0";

        // Nor workers of the thread pool that spin while they have nothing to do.
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
        throw new InvalidOperationException($"The app of {row} ended before it listened: {string.Join(' ', errors)}");
    }

    /// <summary>What is left in the app.</summary>
    /// <exception cref="InvalidOperationException">The app has ended.</exception>
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
            // Reported below.
        }

        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"the app ended with {_process.ExitCode}");
    }

    /// <summary>Holds the whole process for a while, as a busy host, a debugger or a moved virtual machine does.</summary>
    public async Task HoldAsync(TimeSpan time)
    {
        await SignalAsync("STOP");
        await Task.Delay(time);
        await SignalAsync("CONT");
    }

    /// <summary>Ends the app as a deployment does: requests that have begun are answered.</summary>
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
            // The app has ended before, with a line that it has not read.
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
