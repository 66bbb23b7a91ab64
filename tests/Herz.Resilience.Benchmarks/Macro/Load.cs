using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>A closed loop of keep-alive connections for some seconds: wrk where it is installed, else sockets of our own.</summary>
internal static partial class Load
{
    public static bool HasWrk { get; } = Array.Exists(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), folder => File.Exists(Path.Combine(folder, "wrk")));

    /// <summary>How many requests were answered with 200.</summary>
    /// <exception cref="InvalidOperationException">Some were not.</exception>
    public static Task<long> RunAsync(Uri address, int connections, int seconds) =>
        HasWrk ? WrkAsync(address, connections, seconds) : SocketLoad.RunAsync(address, connections, TimeSpan.FromSeconds(seconds));

    private static async Task<long> WrkAsync(Uri address, int connections, int seconds)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", address.ToString()]) { RedirectStandardOutput = true };
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (wrk.ExitCode != 0 || output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{address} did not answer every request well:\n{output}");
        }

        return long.Parse(Requests().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();
}
