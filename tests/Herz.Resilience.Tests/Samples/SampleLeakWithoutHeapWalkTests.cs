using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.Samples;

/// <summary>The leak of the sample where the heap cannot be walked. A class of its own runs beside <see cref="SampleLeakTests"/>; both wait for windows in real time.</summary>
public sealed class SampleLeakWithoutHeapWalkTests
{
    [Fact]
    public async Task LeakOfTheSample_WithoutHeapWalk_IsReportedByEndpoint_AndNamedByThePage()
    {
        await using var sample = await AppProcess.StartAsync(
            RepositoryFiles.PathOf("samples/Herz.Resilience.Sample"),
            $"bin/{RepositoryFiles.Configuration}/net10.0/Herz.Resilience.Sample.dll",
            new() { ["Herz__LeakWatchdog__Window"] = "00:00:04", ["DOTNET_GCName"] = "libclrgc.so", ["ASPNETCORE_ENVIRONMENT"] = "Development" });
        using var client = new HttpClient { BaseAddress = new Uri(sample.Address) };
        using var stop = new CancellationTokenSource();
        var load = SampleLoad.SendAsync(client, stop.Token);

        await client.PostAsync("/switches/leaking?on=true", null);
        var off = await sample.WaitForLineAsync(static line => line.Contains("Pending work cannot be captured in this process", StringComparison.Ordinal));
        var suspected = await sample.WaitForLineAsync(static line => line.Contains("A leak is suspected.", StringComparison.Ordinal));

        Assert.Contains("segments instead of regions", off);
        Assert.Contains("GET /orders/{id:int}: work of requests that have ended is still pending", suspected);
        var page = await client.GetStringAsync("/debug/herz/pending?pause=1000");
        Assert.Contains("by EventPipe", page);
        Assert.Contains("Switches.LeakAsync", page);
        await stop.CancelAsync();
        await load;
    }
}
