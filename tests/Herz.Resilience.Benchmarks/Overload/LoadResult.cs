using System.Text.Json;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>What the clients got: good answers are those with 200 within 800 ms of their intended start.</summary>
internal readonly record struct LoadResult(double GoodPerSecond, double GoodShare, double OkP99, double GeneratorBusy)
{
    public static LoadResult Read(string file)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = report.RootElement;
        var requests = root.GetProperty("requests").GetDouble();
        return new LoadResult(
            root.GetProperty("goodputPerSecond").GetDouble(),
            requests == 0 ? 0 : root.GetProperty("good").GetDouble() / requests,
            root.GetProperty("okLatency").GetProperty("p99").GetDouble(),
            root.GetProperty("busyShare").GetDouble());
    }
}
