using System.Globalization;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>
/// CPU and allocation per request of bare Kestrel, the stock composition and Herz: each in its own process, under the same load, in
/// interleaved rounds, so other activity of the machine affects all apps equally.
/// </summary>
internal static class MacroBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = MacroSettings.Parse(args);
        Console.WriteLine(
            $"{settings.Rounds} rounds of {settings.Seconds} s, {settings.Connections} connections, load by {(Load.HasWrk ? "wrk" : "sockets (install wrk with apt-get install wrk)")}.");
        var servers = new List<ServerHandle>();
        try
        {
            foreach (var app in settings.Apps)
            {
                servers.Add(await ServerHandle.StartAsync(app));
            }

            foreach (var endpoint in settings.Endpoints)
            {
                Print(endpoint, await MeasureAsync(servers, endpoint, settings));
            }
        }
        finally
        {
            servers.ForEach(static server => server.Dispose());
        }

        return 0;
    }

    private static async Task<Dictionary<string, List<Sample>>> MeasureAsync(List<ServerHandle> servers, string endpoint, MacroSettings settings)
    {
        var samples = servers.ToDictionary(static server => server.Kind, static _ => new List<Sample>());
        foreach (var server in servers)
        {
            // Two loads complete tiered compilation.
            await Load.RunAsync(new Uri(server.Address, endpoint), settings.Connections, 3, IsRefused(server, endpoint));
            await Load.RunAsync(new Uri(server.Address, endpoint), settings.Connections, 2, IsRefused(server, endpoint));
        }

        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var server in servers)
            {
                var before = await server.ReadAsync();
                var requests = await Load.RunAsync(new Uri(server.Address, endpoint), settings.Connections, settings.Seconds, IsRefused(server, endpoint));
                var after = await server.ReadAsync();
                samples[server.Kind].Add(new Sample(
                    (after.Cpu - before.Cpu).TotalMicroseconds / requests,
                    (double)(after.AllocatedBytes - before.AllocatedBytes) / requests,
                    (double)requests / settings.Seconds));
            }
        }

        return samples;
    }

    private static bool IsRefused(ServerHandle server, string endpoint) => endpoint == Endpoint.Refused && server.Kind != "bare";

    private static void Print(string endpoint, Dictionary<string, List<Sample>> samples)
    {
        var over = samples.TryGetValue("bare", out var bare)
            ? samples.ToDictionary(static pair => pair.Key, pair => Sample.MedianOver(pair.Value, bare))
            : [];
        Console.WriteLine();
        Console.WriteLine($"| /{endpoint} | requests/s | CPU µs/request | over bare | B/request | over bare |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (app, rounds) in samples)
        {
            var median = Sample.Median(rounds);
            var more = over.GetValueOrDefault(app);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {app} | {median.PerSecond:F0} | {median.CpuMicroseconds:F2} | {more.CpuMicroseconds:F2} | {median.Bytes:F0} | {more.Bytes:F0} |"));
        }

        if (samples.TryGetValue("herz", out var watched) && samples.TryGetValue(AppKinds.Unwatched, out var unwatched))
        {
            var cost = Sample.MedianOver(watched, unwatched);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"The leak watchdog takes {cost.CpuMicroseconds / Sample.Median(unwatched).CpuMicroseconds * 100:F1} % more CPU and {cost.Bytes:F0} B a request."));
        }

        if (over.TryGetValue("stock", out var stock) && over.TryGetValue("herz", out var herz))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Over bare, herz takes {herz.CpuMicroseconds / stock.CpuMicroseconds:F2} of stock's CPU and {herz.Bytes / stock.Bytes:F2} of its bytes."));
        }
    }
}
