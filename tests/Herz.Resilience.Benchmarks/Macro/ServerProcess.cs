using System.Diagnostics;
using System.Globalization;
using Herz.Resilience.Benchmarks.Overload;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>The child process: serves one app, and writes its CPU time and allocated bytes for each line of input, until the input ends.</summary>
internal static class ServerProcess
{
    public static async Task RunAsync(string kind)
    {
        await using var app = AppKinds.Build(kind);
        Endpoint.Map(app);
        OverloadEndpoint.Map(app);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null)
        {
            using var process = Process.GetCurrentProcess();
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{process.TotalProcessorTime.Ticks} {GC.GetTotalAllocatedBytes(precise: true)}"));
        }

        await app.StopAsync();
    }
}
