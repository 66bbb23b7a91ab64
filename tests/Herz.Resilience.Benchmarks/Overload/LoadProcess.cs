using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>Runs <c>herz load</c> in a separate process: an open loop, independent of the server.</summary>
internal static class LoadProcess
{
    private static readonly string s_tool = Find();

    public static async Task<LoadResult> RunAsync(Uri server, OverloadLoad load, int seconds, int coldSeconds = 0)
    {
        var file = Path.GetTempFileName();
        try
        {
            List<string> arguments =
            [
                s_tool, "load", new Uri(server, load.Path).ToString(), "--rate", load.PerSecond.ToString(CultureInfo.InvariantCulture),
                "--for", $"{seconds + coldSeconds}s", "--warmup", coldSeconds > 0 ? "0s" : "3s", "--slo", "800ms", "--timeout", "3s", "--connections", "4096", "--poisson", "--json", file,
            ];
            if (load.Priority is { } priority)
            {
                arguments.AddRange(["--header", $"{OverloadRow.PriorityHeader}: {priority}"]);
            }

            using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? LoadResult.Read(file, coldSeconds) : throw new InvalidOperationException($"herz load exited with code {process.ExitCode}:\n{output}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var build = Path.Combine(folder.Parent!.Name, folder.Name);
        while (!File.Exists(Path.Combine(folder.FullName, "Herz.Resilience.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Herz.Resilience.sln was not found in any parent folder of the benchmarks.");
        }

        return Path.Combine(folder.FullName, "src/Herz.Resilience.Tool/bin", build, "Herz.Resilience.Tool.dll");
    }
}
