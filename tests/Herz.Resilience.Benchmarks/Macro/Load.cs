using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>A closed loop of keep-alive connections for some seconds, by wrk if installed, otherwise by sockets.</summary>
internal static partial class Load
{
    public static bool HasWrk { get; } = Array.Exists(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), folder => File.Exists(Path.Combine(folder, "wrk")));

    /// <summary>Returns the number of requests answered with 200, or refused if expected.</summary>
    /// <exception cref="InvalidOperationException">Some requests had other answers.</exception>
    public static Task<long> RunAsync(Uri address, int connections, int seconds, bool refused = false) =>
        HasWrk ? WrkAsync(address, connections, seconds, refused)
        : refused ? throw new InvalidOperationException("Only wrk can count refusals; install it with apt-get install wrk")
        : SocketLoad.RunAsync(address, connections, TimeSpan.FromSeconds(seconds));

    private static async Task<long> WrkAsync(Uri address, int connections, int seconds, bool refused)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", address.ToString()]) { RedirectStandardOutput = true };
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        var requests = Number(Requests(), output);
        var refusals = Number(Refusals(), output);
        if (wrk.ExitCode != 0 || (refused ? refusals < requests - 1 : refusals > 0) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{address} did not answer every request as expected:\n{output}");
        }

        return requests;
    }

    private static long Number(Regex pattern, string output) =>
        pattern.Match(output) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Refusals();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();
}
