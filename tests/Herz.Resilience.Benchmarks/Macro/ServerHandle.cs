using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>Resource usage of a server process since its start.</summary>
internal readonly record struct Usage(TimeSpan Cpu, long AllocatedBytes);

/// <summary>Handle of one server process.</summary>
internal sealed class ServerHandle : IDisposable
{
    private readonly Process _process;

    private ServerHandle(string kind, Process process, Uri address)
    {
        Kind = kind;
        _process = process;
        Address = address;
    }

    public string Kind { get; }

    public Uri Address { get; }

    public static async Task<ServerHandle> StartAsync(string kind, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ServerHandle).Assembly.Location);
        }

        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(kind);

        // Idle thread pool workers that spin would count as the cost of requests.
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync();
        return address is not null
            ? new ServerHandle(kind, process, new Uri(address))
            : throw new InvalidOperationException($"The server \"{kind}\" exited before it listened.");
    }

    public async Task<Usage> ReadAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        var parts = (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The server \"{Kind}\" exited.")).Split(' ');
        return new Usage(
            TimeSpan.FromTicks(long.Parse(parts[0], CultureInfo.InvariantCulture)),
            long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
